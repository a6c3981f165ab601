import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qa_bot.articles.corpus import read_corpus
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.index.folder_store import DATABASE, FolderStore
from qa_bot.index.pointer import CURRENT, current_name
from qa_bot.index.unchanged import unchanged
from qa_bot.records import Corpus, Term
from tests.conftest import CORPUS, ROOT

pytestmark = pytest.mark.slow

HEAVY = {"torch", "sentence_transformers", "transformers", "onnxruntime", "chromadb", "gradio"}
MOST_SECONDS = 3.0  # of processor time; about half of it on an idle machine
PUBLISH = """
import json, sys
import ingest
status = ingest.main(["publish", "--index", sys.argv[1]])
print(json.dumps([status, sorted({name.split(".")[0] for name in sys.modules})]))
"""


@pytest.fixture
def copy(index: Path, tmp_path: Path) -> Path:
    """The published index, to damage."""
    return Path(shutil.copytree(index, tmp_path / "index"))


def test_what_is_served_is_known_again_after_readers_used_it(
    bot: QABot, index: Path, encoder: Encoder
) -> None:
    assert bot.ask("What is TMS?").quotes
    found = unchanged(read_corpus(CORPUS), encoder.fingerprint, FolderStore(index))
    assert found is not None
    assert found.articles == 2


def test_other_articles_another_glossary_or_encoder_are_a_change(
    index: Path, encoder: Encoder
) -> None:
    corpus = read_corpus(CORPUS)
    other = Term("magnets", "TMS", True)
    assert (
        unchanged(
            Corpus(corpus.articles[:1], corpus.glossary), encoder.fingerprint, FolderStore(index)
        )
        is None
    )
    assert (
        unchanged(Corpus(corpus.articles, (other,)), encoder.fingerprint, FolderStore(index))
        is None
    )
    assert unchanged(corpus, "another", FolderStore(index)) is None


def test_nothing_published_is_no_error(tmp_path: Path, encoder: Encoder) -> None:
    assert unchanged(read_corpus(CORPUS), encoder.fingerprint, FolderStore(tmp_path)) is None
    (tmp_path / CURRENT).write_text("gone\n")
    assert unchanged(read_corpus(CORPUS), encoder.fingerprint, FolderStore(tmp_path)) is None


@pytest.mark.parametrize("pattern", ["corpus.json", "vectors.npy", "manifest.json", DATABASE])
@pytest.mark.parametrize("how", ["cut", "gone"])
def test_damage_calls_for_a_closer_look(
    copy: Path, encoder: Encoder, pattern: str, how: str
) -> None:
    corpus = read_corpus(CORPUS)
    assert unchanged(corpus, encoder.fingerprint, FolderStore(copy)) is not None
    (file,) = (copy / current_name(copy)).rglob(pattern)
    if how == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    else:
        file.unlink()
    assert unchanged(corpus, encoder.fingerprint, FolderStore(copy)) is None


def test_a_publish_of_what_is_published_loads_no_model_and_no_store(index: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(
        [sys.executable, "-c", PUBLISH, str(index)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert result.stderr == ""
    *_, said, last = result.stdout.splitlines()
    status, modules = json.loads(last)
    assert (status, said) == (0, "Nothing changed: 2 articles are already published.")
    assert "qa_bot" in modules
    assert not HEAVY & set(modules)
    assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < MOST_SECONDS
