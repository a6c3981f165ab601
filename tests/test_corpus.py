import shutil
from pathlib import Path

import pytest

from qa_bot.articles.corpus import left_out, read_corpus
from qa_bot.errors import CorpusError
from tests.conftest import CORPUS
from tests.test_article import WORDS, write


def test_an_empty_or_missing_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no article"):
        read_corpus(tmp_path)
    with pytest.raises(CorpusError, match="There is no folder"):
        read_corpus(tmp_path / "nowhere")


def test_two_articles_with_one_title_are_refused(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        write(tmp_path, f"---\ntitle: Same\n---\n{WORDS} {name}", name)
    with pytest.raises(CorpusError, match=r"a\.txt and .*b\.txt are both called \"Same\""):
        read_corpus(tmp_path)


def test_files_of_other_formats_are_left_out_and_named(tmp_path: Path) -> None:
    write(tmp_path, WORDS)
    write(tmp_path, "x", "sheet.xlsx")
    write(tmp_path, "x", ".hidden")
    write(tmp_path, "x", "~$open.docx")
    assert len(read_corpus(tmp_path).articles) == 1
    assert [path.name for path in left_out(tmp_path)] == ["sheet.xlsx"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("names: [shock, [", "not valid YAML"),
        ("names:\n  ECT: [2026-02-30]", "not valid YAML"),
        ("- a\n- b", 'needs "names:" and "words:"'),
        ("ECT: [shock]", 'needs "names:" and "words:"'),
        ("names:\n  ECT: shock therapy", 'needs "names:" and "words:"'),
        ("names:\n  ECT: [shock, ' ']", 'needs "names:" and "words:"'),
        ("names:\n  ECT: 5", 'needs "names:" and "words:"'),
        ("names:\n  ECT: [shock]\n  ECT: [zap]", 'has "ECT" again in line 3'),
        ("names:\n  ECT: [shock]\n  TMS: [shock]", 'reads "shock" as both "ECT" and "TMS"'),
    ],
)
def test_a_broken_glossary_is_named(tmp_path: Path, content: str, says: str) -> None:
    write(tmp_path, WORDS)
    write(tmp_path, content, "glossary.yaml")
    with pytest.raises(CorpusError, match=says):
        read_corpus(tmp_path)


def test_the_corpus_is_published_as_it_was_exported(tmp_path: Path) -> None:
    shutil.copytree(CORPUS, tmp_path / "corpus")
    first, second = read_corpus(CORPUS), read_corpus(tmp_path / "corpus")
    assert first == second
