import errno
import os
from datetime import date
from pathlib import Path

import pytest

from qa_bot.articles.article import markers, read_article
from qa_bot.articles.corpus import read_corpus
from qa_bot.errors import CorpusError
from qa_bot.records import Article, ReviewStatus
from tests.conftest import CORPUS

WORDS = "Repetitive stimulation helps many people whose depression did not respond to medication."


def write(folder: Path, content: str | bytes, name: str = "article.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def by_publisher() -> dict[str, Article]:
    return {article.publisher: article for article in read_corpus(CORPUS).articles}


def test_the_two_articles_say_who_publishes_reviewed_and_updated_them() -> None:
    articles = by_publisher()
    manifest, siggy = articles["Manifest Behavioral Health"], articles["SiggyMD"]
    assert manifest.review_status is ReviewStatus.AWAITING
    assert (manifest.reviewed_by, manifest.last_updated, manifest.url) == ("", None, "")
    assert siggy.review_status is ReviewStatus.REVIEWED
    assert siggy.reviewed_by == "Daniel Montville, MD, Psychiatrist"
    assert siggy.last_updated == date(2026, 6, 19)


def test_without_front_matter_the_same_is_read_from_the_text(tmp_path: Path) -> None:
    for path in CORPUS.glob("*.txt"):
        write(tmp_path, path.read_text(encoding="utf-8").split("---\n", 2)[2], path.name)
    read = {article.title: article for article in read_corpus(tmp_path).articles}
    told = {article.title: article for article in read_corpus(CORPUS).articles}
    assert read.keys() == told.keys()
    for title, article in told.items():
        assert read[title].reviewed_by == article.reviewed_by
        assert read[title].review_status is article.review_status
        assert read[title].last_updated == article.last_updated
        assert read[title].text == article.text


def test_references_are_numbered_and_know_whether_they_are_cited() -> None:
    articles = by_publisher()
    manifest = articles["Manifest Behavioral Health"].references
    assert str(manifest[1]) == (
        '[2] National Institute of Mental Health (NIMH). "Brain Stimulation Therapies." 2024.'
    )
    assert all(reference.cited for reference in manifest)
    siggy = articles["SiggyMD"].references
    assert [reference.number for reference in siggy] == [1, 2, 3, 4, 5, 6]
    assert not any(reference.cited for reference in siggy)


def test_markers_are_read_once_each_in_order() -> None:
    assert markers("It helps.[4] If you feel stuck[2], ask.[4]") == (4, 2)


def test_markdown_articles_are_read_too(tmp_path: Path) -> None:
    article = read_article(write(tmp_path, f"# Magnets\n\n## How\n\nIt **works**. {WORDS}", "a.md"))
    assert article.title == "Magnets"
    assert article.text.endswith(f"It works. {WORDS}")


def test_the_version_changes_exactly_with_text_or_metadata(tmp_path: Path) -> None:
    first = read_article(write(tmp_path, WORDS)).version
    assert read_article(write(tmp_path, WORDS)).version == first
    assert read_article(write(tmp_path, WORDS + " Yes.")).version != first
    assert read_article(write(tmp_path, f"---\npublisher: Acme\n---\n{WORDS}")).version != first


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"---\ntitle: T\n---\n", "has no text"),
        (b"\x89PNG\r\n\x00\x00", "is not a text file"),
        ("Notes on sleep".encode("utf-16"), "is UTF-16 or UTF-32 text"),
        (b"title: T\npublisher: Acme\n---\nWords here.", "front matter that is never opened"),
        ("Caf\xe9 notes".encode("latin-1"), "is not UTF-8 text (byte 0xe9 in line 1)"),
        (b"a" * 5_000_001, "is 5 MB; an article may have 5 MB at most"),
        (b"---\ntitle: a: b\n---\nWords here.", "front matter that cannot be read in line 2"),
        (b"---\npublsher: Acme\n---\nWords here.", 'did you mean "publisher"?'),
        (b"---\nlast_updated: last spring\n---\nWords.", 'last_updated "last spring"'),
        (b"---\nreview_status: fine\n---\nWords.", 'review_status "fine"'),
    ],
)
def test_what_cannot_be_read_is_named_in_one_sentence(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(CorpusError) as error:
        read_article(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_may_not_be_read_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "Title Line\n\nWords.")

    def refused(_: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(CorpusError, match=r"cannot be read \(Permission denied\); change its perm"):
        read_article(path)


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    plain = read_article(write(tmp_path, f"Title Line\n\n{WORDS}\n"))
    other = read_article(write(tmp_path, "\ufeff" + f"Title Line\r\n\r\n{WORDS}\r\n"))
    assert other.version == plain.version


def test_footnotes_of_a_page_are_its_references(tmp_path: Path) -> None:
    page = (
        "<main><h1>Headache</h1><p>One in five women has it.<sup>1</sup></p><h2>Footnotes</h2>"
        "<ol><li>Steiner. 2023. <a href=x>↩</a></li></ol></main>"
    )
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (reference,) = read_article(tmp_path / "a.html").references
    assert str(reference) == "[1] Steiner. 2023." and reference.cited
