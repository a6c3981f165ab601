import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock

from qa_bot.articles.article import read_article
from qa_bot.articles.corpus import read_corpus
from qa_bot.embedding.encoder import Encoded, Encoder, Role, Vector
from qa_bot.errors import (
    CorpusError,
    DamagedIndexError,
    EncoderError,
    NoIndexError,
    StoreError,
    StoreWriteError,
    WrongEncoderError,
)
from qa_bot.index import folder_store, writing
from qa_bot.index import generation as store
from qa_bot.index import publishing as index_module
from qa_bot.index.folder_store import BUILDING, FolderStore
from qa_bot.index.manifest import BM25_FILES, EXAMPLE_MODEL, MANIFEST, SENTENCES, WORDS
from qa_bot.index.pointer import CURRENT, KEPT, current_name
from qa_bot.index.publishing import Published, open_current, publish
from qa_bot.index.verifying import verify
from qa_bot.records import Corpus, Term
from qa_bot.serving import Served

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
FIRST = "The usual dose is 20 mg a day. It takes six weeks to work."
SECOND = "Magnetic stimulation is painless for most people. It takes four weeks."


@pytest.fixture(scope="module")
def published_at_noon(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    folder = tmp_path_factory.mktemp("small")
    publish_at(folder / "index", encoder, corpus(folder))
    return folder / "index"


@pytest.fixture
def small(tmp_path: Path, published_at_noon: Path) -> Path:
    """A small index, published at noon, to do with as one likes."""
    return shutil.copytree(published_at_noon, tmp_path / "index")


def corpus(folder: Path, *paragraphs: str, glossary: tuple[Term, ...] = ()) -> Corpus:
    path = folder / "article.md"
    sections = enumerate(paragraphs or (FIRST, SECOND))
    path.write_text("# A Guide\n\n" + "\n\n".join(f"## Part {n}\n\n{p}" for n, p in sections))
    return Corpus((read_article(path),), glossary)


class Counting:
    """A progress callback that remembers the texts that were encoded."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(
        self, texts: Iterator[tuple[str, Encoded]], count: int
    ) -> Iterable[tuple[str, Encoded]]:
        for text, encoded in texts:
            self.texts.append(text)
            yield text, encoded
        assert len(self.texts) == count


def publish_at(
    folder: Path, encoder: Encoder, of: Corpus, minutes: int = 0, progress: Counting | None = None
) -> Published:
    now = NOON + timedelta(minutes=minutes)
    return publish(of, encoder, FolderStore(folder), now=now, progress=progress or Counting())


def check_sentence(error: pytest.ExceptionInfo[StoreError]) -> None:
    assert "\n" not in str(error.value)
    assert "Traceback" not in str(error.value)
    assert str(error.value).endswith((".", "again.", "back."))


def served(folder: Path, encoder: Encoder) -> set[str]:
    generation = open_current(FolderStore(folder), encoder.fingerprint)
    verify(generation)
    generation.close()
    return {generation.text(sentence) for sentence in generation.sentences}


def leftovers(folder: Path) -> list[Path]:
    return list(folder.glob(f"{BUILDING}*"))


def test_what_was_published_is_served_and_found(index: Path, encoder: Encoder) -> None:
    generation = open_current(FolderStore(index), encoder.fingerprint)
    assert len(generation.articles) == 2
    question = "How long is an adequate antidepressant trial?"
    found = generation.nearest(encoder.encode_query(question).vector, 5)
    texts = [
        generation.articles[p.article_id].text[p.start : p.end]
        for p in (generation.passages[number] for number, _ in found)
    ]
    assert any("6 to 8 weeks" in text for text in texts)
    similarities = [similarity for _, similarity in found]
    assert similarities == sorted(similarities, reverse=True)
    assert all(-1 <= similarity <= 1.0001 for similarity in similarities)


def test_what_is_read_back_is_what_was_read_from_the_files(index: Path, encoder: Encoder) -> None:
    from tests.conftest import CORPUS

    generation, read = open_current(FolderStore(index), encoder.fingerprint), read_corpus(CORPUS)
    assert tuple(generation.articles.values()) == read.articles
    assert generation.glossary == read.glossary


@pytest.mark.parametrize(("lost", "refused"), [(1, False), (40, True)])
def test_a_search_may_miss_a_little_of_what_it_holds_and_no_more(
    index: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, lost: int, refused: bool
) -> None:
    generation = open_current(FolderStore(index), encoder.fingerprint)
    found, asked = generation.stored_nearest, count()

    def forgetful(vector: Vector, number: int) -> list[tuple[int, float]]:
        return found(-vector if next(asked) < lost else vector, number)

    monkeypatch.setattr(generation, "stored_nearest", forgetful)
    with pytest.raises(DamagedIndexError, match="not found") if refused else nullcontext():
        verify(generation)
    generation.close()


def test_the_manifest_counts_what_is_there(index: Path, encoder: Encoder) -> None:
    generation = open_current(FolderStore(index), encoder.fingerprint)
    manifest = generation.manifest
    assert manifest.encoder == encoder.fingerprint
    assert (manifest.articles, manifest.sentences, manifest.passages) == (
        len(generation.articles),
        len(generation.sentences),
        len(generation.passages),
    )
    for sentence in generation.sentences:
        assert generation.text_in_context(sentence) in generation.vectors


def test_more_passages_than_there_are_can_be_asked_for(small: Path, encoder: Encoder) -> None:
    generation = open_current(FolderStore(small), encoder.fingerprint)
    found = generation.nearest(encoder.encode_query("How long?").vector, 1000)
    assert sorted(number for number, _ in found) == [0, 1]


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, Path.touch])
def test_no_index_is_one_sentence(tmp_path: Path, make, encoder: Encoder) -> None:  # type: ignore[no-untyped-def]
    make(tmp_path / "index")
    with pytest.raises(
        NoIndexError, match=r"There is no index in .*; run `.venv/bin/python ingest.py`"
    ) as e:
        open_current(FolderStore(tmp_path / "index"), encoder.fingerprint)
    check_sentence(e)


def test_an_index_of_another_encoder_is_refused(small: Path) -> None:
    with pytest.raises(
        WrongEncoderError, match=r"another:1 is asked for; run `.venv/bin/python ingest.py`"
    ) as e:
        open_current(FolderStore(small), "another:1")
    check_sentence(e)


def test_an_index_cut_by_other_rules_is_refused_and_published_anew(
    small: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (index_module, store, writing):
        monkeypatch.setattr(module, "RULES_VERSION", writing.RULES_VERSION + 1)
    with pytest.raises(DamagedIndexError, match="version with other rules") as error:
        open_current(FolderStore(small), encoder.fingerprint)
    check_sentence(error)
    assert publish_at(small, encoder, corpus(tmp_path), 1).changed
    assert len(served(small, encoder)) == 4


def test_an_index_of_a_version_that_knew_more_is_refused_and_published_anew(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    manifest = small / (small / CURRENT).read_text().strip() / MANIFEST
    stored = json.loads(manifest.read_text())
    manifest.write_text(
        json.dumps(
            {**stored, "rules_version": stored["rules_version"] - 1, "sentence_digest": "5f"}
        )
    )
    with pytest.raises(DamagedIndexError, match="version with other rules") as error:
        open_current(FolderStore(small), encoder.fingerprint)
    check_sentence(error)
    assert publish_at(small, encoder, corpus(tmp_path), 1).changed
    assert len(served(small, encoder)) == 4


# The search tree's own files are not named: Chroma rebuilds a small one from its database.
FILES = [
    CURRENT,
    *(f"*/{name}" for name in ("manifest.json", "corpus.json", "texts.json")),
    *(f"*/{name}" for name in ("vectors.npy", "word_vectors.npy", "chroma/chroma.sqlite3")),
    *(f"*/{name}" for name in (SENTENCES, WORDS, EXAMPLE_MODEL, *BM25_FILES.values())),
]

FIXED = [(CURRENT, "halved"), (CURRENT, "overwritten")]  # the generation itself is whole


def damage(folder: Path, name: str, how: str) -> None:
    (path,) = folder.glob(name)
    content = path.read_bytes()
    if how == "deleted":
        path.unlink()
    else:
        half, noise = content[: len(content) // 2], b"\xff" * len(content)
        path.write_bytes(half if how == "halved" else noise)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "how"),
    [
        (name, how)
        for name in FILES
        for how in ("deleted", "halved", "overwritten")
        if (name, how) not in FIXED
    ],
)
def test_any_damaged_file_is_one_sentence(
    small: Path, encoder: Encoder, name: str, how: str
) -> None:
    damage(small, name, how)
    with pytest.raises((DamagedIndexError, NoIndexError)) as error:
        generation = open_current(FolderStore(small), encoder.fingerprint)
        try:
            _ = generation.vectors
            generation.stored_nearest(encoder.encode_query("How long?").vector, 2)
        finally:
            generation.close()
    check_sentence(error)
    assert "run `.venv/bin/python ingest.py`" in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["*/corpus.json", "*/vectors.npy", "*/chroma/chroma.sqlite3"])
def test_the_same_published_again_repairs_any_damaged_file(
    small: Path, encoder: Encoder, tmp_path: Path, name: str
) -> None:
    damage(small, name, "halved")
    assert publish_at(small, encoder, corpus(tmp_path), 1).changed
    assert len(served(small, encoder)) == 4


def test_words_changed_behind_our_back_are_damage(small: Path, encoder: Encoder) -> None:
    (path,) = small.glob("*/corpus.json")
    path.write_text(path.read_text("utf-8").replace("20 mg a day", "90 mg a day"), "utf-8")
    with pytest.raises(DamagedIndexError, match=r"corpus\.json is not the file that was published"):
        open_current(FolderStore(small), encoder.fingerprint)


def test_publishing_the_same_again_changes_and_encodes_nothing(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in small.rglob("*.json")}
    counting, name = Counting(), current_name(small)
    published = publish_at(small, encoder, corpus(tmp_path), 1, counting)
    assert (published.changed, published.name) == (False, name)
    assert counting.texts == []
    assert {path: path.stat().st_mtime_ns for path in small.rglob("*.json")} == before


def test_publishing_the_same_again_writes_a_lost_form_of_the_encoder(
    small: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported: list[Encoder] = []
    monkeypatch.setattr(Encoder, "export", lambda self: exported.append(self))
    assert not publish_at(small, encoder, corpus(tmp_path), 1).changed
    assert exported == [encoder]


def test_of_a_changed_article_only_new_texts_are_encoded(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    counting = Counting()
    changed = FIRST.replace("six weeks", "eight weeks")
    assert publish_at(small, encoder, corpus(tmp_path, changed, SECOND), 1, counting).changed
    assert counting.texts
    assert all("eight weeks" in text for text in counting.texts)
    assert served(small, encoder) >= {"It takes eight weeks to work.", "It takes four weeks."}
    assert "It takes six weeks to work." not in served(small, encoder)


def test_reused_vectors_are_those_of_their_texts(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    publish_at(small, encoder, corpus(tmp_path, "New words stand first. And more.", SECOND), 1)
    generation = open_current(FolderStore(small), encoder.fingerprint)
    for sentence in generation.sentences:
        text = generation.text_in_context(sentence)
        (encoded,) = encoder.encode([text], "document")
        assert generation.vectors[text].vector == pytest.approx(encoded.vector, abs=1e-4)


def test_a_changed_glossary_is_published_without_encoding(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    counting = Counting()
    glossary = (Term("shock therapy", "ECT", True),)
    of = corpus(tmp_path, glossary=glossary)
    assert publish_at(small, encoder, of, 1, counting).changed
    assert counting.texts == []
    assert open_current(FolderStore(small), encoder.fingerprint).glossary == glossary


class Failing(Encoder):
    """An encoder that fails after a few texts."""

    def encode(self, texts: Sequence[str], role: Role, *, batch_size: int = 1) -> Iterator[Encoded]:
        yield from super().encode(texts[:2], role)
        raise EncoderError("The embedding model broke; fix it.")


def no_space(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_failure_of_the_encoder_leaves_readers_what_they_had(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    with pytest.raises(EncoderError):
        publish_at(small, Failing(), corpus(tmp_path, "All new words.", "And others here."), 1)
    assert served(small, encoder) >= {"It takes four weeks."}
    assert leftovers(small) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "module_and_name", [(writing, "save"), (writing, "to_json"), (folder_store, "point")]
)
def test_a_full_disk_is_one_sentence_and_leaves_readers_what_they_had(
    small: Path,
    encoder: Encoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module_and_name: tuple[object, str],
) -> None:
    of = corpus(tmp_path, "All new words.", "And others here.")
    with monkeypatch.context() as patch:
        patch.setattr(*module_and_name, no_space)
        with pytest.raises(StoreWriteError, match=r"cannot be written \(No space left on dev") as e:
            publish_at(small, encoder, of, 1)
    check_sentence(e)
    assert served(small, encoder) >= {"It takes four weeks."}
    assert publish_at(small, encoder, of, 2).changed
    assert leftovers(small) == []
    assert served(small, encoder) == {"All new words.", "And others here."}


def test_a_full_disk_in_the_words_of_the_store_is_one_sentence_too(
    small: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chromadb.api.models.Collection import Collection
    from chromadb.errors import InternalError

    def full(*_: object, **__: object) -> None:
        raise InternalError("error returned from database: (code: 13) database or disk is full")

    monkeypatch.setattr(Collection, "add", full)
    with pytest.raises(StoreWriteError, match="disk is full") as error:
        publish_at(small, encoder, corpus(tmp_path, "All new words."), 1)
    check_sentence(error)
    assert leftovers(small) == []
    assert served(small, encoder) >= {"It takes four weeks."}


def test_a_passage_that_the_store_lost_is_noticed_before_readers_see_it(
    small: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chromadb.api.models.Collection import Collection

    add = Collection.add

    def forgetful(self: Collection, ids: list[str], **rest: list[object]) -> None:
        add(self, ids[1:], **{name: values[1:] for name, values in rest.items()})  # type: ignore[arg-type]

    name = current_name(small)
    monkeypatch.setattr(Collection, "add", forgetful)
    with pytest.raises(DamagedIndexError, match="2 passages were written, the store holds 1"):
        publish_at(small, encoder, corpus(tmp_path, "All new words.", "And others here."), 1)
    assert current_name(small) == name
    assert leftovers(small) == []


def test_what_a_killed_publish_left_is_removed_by_the_next(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    (small / f"{BUILDING}abc").mkdir()
    (small / f"{BUILDING}abc" / "corpus.json").write_text("{")
    assert served(small, encoder)
    publish_at(small, encoder, corpus(tmp_path, "All new words."), 1)
    assert leftovers(small) == []


@pytest.mark.parametrize("below", ["", "below"])
def test_a_folder_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, encoder: Encoder, below: str
) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreWriteError, match="cannot be written") as error:
        publish_at(tmp_path / "file" / below, encoder, corpus(tmp_path))
    check_sentence(error)
    assert (tmp_path / "file").read_text() == "not a folder"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["halved", "overwritten"])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_generation_gives_way_to_the_one_before_and_the_log_says_so(
    small: Path,
    encoder: Encoder,
    tmp_path: Path,
    name: str,
    how: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "FEW_PASSAGES", 0)
    new = publish_at(small, encoder, corpus(tmp_path, "All new words."), 1).name
    damage(small, name.replace("*", new), how)
    generation = open_current(FolderStore(small), encoder.fingerprint)
    expected = {"All new words."} if name == CURRENT else {"It takes four weeks."}
    assert {generation.text(sentence) for sentence in generation.sentences} >= expected
    assert len(generation.nearest(encoder.encode_query("How long?").vector, 1)) == 1
    generation.close()
    (record,) = (one for one in caplog.records if one.name.startswith("qa_bot"))
    assert record.levelname == "ERROR"
    assert record.getMessage().endswith(f"Until then readers are served {generation.name}.")
    assert "\n" not in record.getMessage()
    assert publish_at(small, encoder, corpus(tmp_path, "All new words again."), 2).changed
    assert served(small, encoder) == {"All new words again."}


def test_what_somebody_reads_is_not_removed(small: Path, encoder: Encoder, tmp_path: Path) -> None:
    reader = open_current(FolderStore(small), encoder.fingerprint)
    for minute in range(1, KEPT + 2):
        publish_at(small, encoder, corpus(tmp_path, f"Version {minute} of these words."), minute)
    assert reader.folder.is_dir()
    assert len(reader.nearest(encoder.encode_query("How long?").vector, 2)) == 2
    reader.close()
    publish_at(small, encoder, corpus(tmp_path, "Another version."), 20)
    assert not reader.folder.exists()


def test_a_renamed_article_keeps_its_vectors(small: Path, encoder: Encoder, tmp_path: Path) -> None:
    of = corpus(tmp_path)
    path = (tmp_path / "article.md").rename(tmp_path / "other-name.md")
    counting = Counting()
    published = publish_at(small, encoder, Corpus((read_article(path),)), 1, counting)
    assert (published.changed, counting.texts) == (True, [])
    assert published.replaced == of
    assert [
        article.id
        for article in open_current(FolderStore(small), encoder.fingerprint).articles.values()
    ] == ["other-name"]


def test_two_publishes_at_once_are_refused(small: Path, encoder: Encoder, tmp_path: Path) -> None:
    of = corpus(tmp_path, "All new words.")
    with (
        FileLock(small / ".lock"),
        pytest.raises(StoreWriteError, match="Another publish") as error,
    ):
        publish_at(small, encoder, of, 1)
    check_sentence(error)
    assert served(small, encoder) >= {"It takes four weeks."}
    assert publish_at(small, encoder, of, 1).changed


def test_articles_without_a_sentence_are_refused(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    path = tmp_path / "bare.md"
    path.write_text("# Only a Title\n")
    with pytest.raises(CorpusError, match="hold no sentence that can be quoted"):
        publish_at(small, encoder, Corpus((read_article(path),)), 1)
    assert served(small, encoder) >= {"It takes four weeks."}


def test_the_pointer_always_names_a_finished_generation(
    small: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, seen = current_name(small), []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        if target == small / CURRENT:
            seen.append((current_name(small), self.read_text().strip()))
            assert (small / seen[-1][1] / store.MANIFEST).is_file()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    new = publish_at(small, encoder, corpus(tmp_path, "All new words."), 1).name
    assert seen == [(old, new)]
    assert current_name(small) == new


def test_who_reads_the_old_generation_goes_on_reading(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    old = open_current(FolderStore(small), encoder.fingerprint)
    publish_at(small, encoder, corpus(tmp_path, "All new words."), 1)
    assert len(old.nearest(encoder.encode_query("How long?").vector, 2)) == 2
    assert len(old.vectors[old.text_in_context(old.sentences[0])].vector) == 384
    assert served(small, encoder) == {"All new words."}


def test_what_cannot_be_opened_takes_nothing_away_from_those_who_have_another_open(
    small: Path, encoder: Encoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Other(Encoder):
        fingerprint = "another:1"  # type: ignore[assignment]

    serving = Served(small, encoder.name, encoder=encoder)
    first = serving.generation()
    publish_at(small, Other(), corpus(tmp_path, "All new words."), 1)
    for _ in range(2):
        assert serving.generation() is first
        assert serving.articles() is None  # those of the other are not shown either
    (said,) = (one.getMessage() for one in caplog.records if one.levelname == "ERROR")
    assert "another:1" in said and said.endswith(f"Until then readers are served {first.name}.")
    with pytest.raises(WrongEncoderError):
        Served(small, encoder.name, encoder=encoder).generation()
    publish_at(small, encoder, corpus(tmp_path, "All new words again."), 2)
    assert serving.generation() is not first
    first.close()


def test_old_generations_are_kept_up_to_a_number(
    small: Path, encoder: Encoder, tmp_path: Path
) -> None:
    names = [current_name(small)]
    for minute in range(1, KEPT + 2):
        of = corpus(tmp_path, f"Version {minute} of these words.")
        names.append(publish_at(small, encoder, of, minute).name)
    kept = sorted(path.name for path in small.iterdir() if path.is_dir())
    assert kept == names[-KEPT:]
    assert current_name(small) == names[-1]


def test_an_index_folder_can_be_moved(small: Path, encoder: Encoder, tmp_path: Path) -> None:
    moved = shutil.move(small, tmp_path / "elsewhere")
    assert len(served(Path(moved), encoder)) == 4
