from pathlib import Path

import pytest

from qa_bot.articles.article import file_content, read_article
from qa_bot.editing.adding import add, outline
from qa_bot.errors import CorpusError, FileWriteError
from tests.conftest import CORPUS
from tests.test_documents import docx_of
from tests.test_web_page import PAGE


def test_a_web_page_becomes_an_article_that_reads_the_same(tmp_path: Path) -> None:
    page = tmp_path / "sleep.html"
    page.write_text(PAGE)
    path = add(page, None, tmp_path / "corpus", name="", replace=False)
    assert path == tmp_path / "corpus" / "sleep-and-depression.md"
    before, after = read_article(page), read_article(path)
    assert after.text.split() == before.text.split()
    assert [b.kind for b in after.blocks] == [b.kind for b in before.blocks]
    assert (after.publisher, after.url, after.last_updated) == (
        "Acme Health",
        "https://acme.example/sleep",
        before.last_updated,
    )


def test_pasted_text_stays_as_it_is_below_the_front_matter(tmp_path: Path) -> None:
    text = next(CORPUS.glob("siggy*.txt")).read_text(encoding="utf-8").split("---\n", 2)[2]
    path = add(Path("pasted.txt"), text.encode(), tmp_path, name="siggy", replace=False)
    assert path.name == "siggy.txt"
    assert file_content(path).endswith(text.strip() + "\n")
    shown = outline(path)
    assert "reviewed_by: Daniel Montville, MD, Psychiatrist" in shown
    assert "last_updated: 2026-06-19" in shown
    assert "  Esketamine (Spravato)" in shown


def test_what_mark_up_would_swallow_is_written_so_that_it_stays(tmp_path: Path) -> None:
    page = "<main><h1>Marks</h1><p># a_b_ * c &lt;d&gt; [1]</p><p>1. no list</p><p>- nor this</p></main>"
    path = add(Path("page.html"), page.encode(), tmp_path, name="", replace=False)
    assert read_article(path).text == "Marks\n\n# a_b_ * c <d> [1]\n\n1. no list\n\n- nor this"


def test_a_word_document_can_be_added(tmp_path: Path) -> None:
    path = add(Path("page.docx"), docx_of(), tmp_path, name="", replace=False)
    assert "## What helps?" in path.read_text(encoding="utf-8")


def test_nothing_is_overwritten_unless_asked_for(tmp_path: Path) -> None:
    page = Path("pasted.txt"), b"A Guide\n\nWords that say something."
    path = add(*page, tmp_path, name="", replace=False)
    path.write_text("mine")
    with pytest.raises(CorpusError, match="is there already"):
        add(*page, tmp_path, name="", replace=False)
    assert path.read_text() == "mine"
    assert add(*page, tmp_path, name="", replace=True) == path
    assert "Words that say something." in path.read_text()


def test_a_corpus_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "corpus").write_text("a file")
    page = tmp_path / "page.txt"
    page.write_text("A page\n\nWords that say something.")
    with pytest.raises(FileWriteError, match=r"page\.txt cannot be written \(File exists\)"):
        add(page, None, tmp_path / "corpus", name="page", replace=False)


@pytest.mark.parametrize("page", ["page.pages", "no-such-page.txt"])
def test_a_page_that_cannot_be_read_is_one_sentence(tmp_path: Path, page: str) -> None:
    with pytest.raises(CorpusError):
        add(tmp_path / page, None, tmp_path, name="", replace=False)
    assert list(tmp_path.iterdir()) == []
