"""A corpus file → an Article: its metadata, its blocks and its numbered references.

What the editor wrote in the front matter wins; what it leaves empty is read from the text, and what
the text does not say stays empty. Nothing is guessed. Leaves sentences and vectors to other rooms.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qa_bot.articles.blocks import classify
from qa_bot.articles.bylines import reviewer_in, update_in
from qa_bot.articles.documents import INSTALL
from qa_bot.articles.formats import DOCUMENTS, FACTS, READERS
from qa_bot.articles.front_matter import FIELDS, read_front_matter
from qa_bot.articles.pieces import Piece
from qa_bot.errors import CorpusError
from qa_bot.records import Article, Block, Kind, Reference, ReviewStatus

MAX_BYTES = 5_000_000  # about 800,000 words: anything larger is no article

_MARKER = re.compile(r"\[([1-9][0-9]{0,2})\]")
_TEAM = re.compile(r"(?m)^(.{2,60}?) (?:Clinical|Editorial|Medical|Content) Team\b")
_AWAITING = re.compile(r"(?i)\b(awaiting|pending|not yet)\b.{0,30}\b(medical|clinical)?\s?review")


def read_article(path: Path) -> Article:
    """Read one file.

    :raises CorpusError: empty, binary, not UTF-8, too large, or front matter that cannot be read.
    """
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    if not name:
        raise CorpusError(f"{path} has no letter from a to z in its name, nor a digit; rename it.")
    metadata, text, pieces = _read(path)
    if not text.strip():
        raise CorpusError(f"{path} has no text; paste the article below the front matter.")
    publisher = str(metadata["publisher"] or _first(_TEAM, text))
    blocks = classify(text, pieces, title=str(metadata["title"]), publisher=publisher)
    own = _own_words(text, blocks)
    reviewed_by = str(metadata["reviewed_by"] or reviewer_in(own))
    facts = {
        "title": str(metadata["title"]) or _title(text, blocks) or path.stem.replace("-", " "),
        "publisher": publisher,
        "url": str(metadata["url"]),
        "reviewed_by": reviewed_by,
        "review_status": _review_status(path, str(metadata["review_status"]), reviewed_by, own),
        "last_updated": _last_updated(path, metadata["last_updated"], own),
    }
    version = hashlib.sha256(repr((sorted(facts.items()), text)).encode()).hexdigest()[:12]
    return Article(
        id=name,
        version=version,
        text=text,
        blocks=blocks,
        references=_references(text, blocks),
        **facts,  # type: ignore[arg-type]
    )


def markers(words: str) -> tuple[int, ...]:
    """Numbers of the references that a sentence cites, in order.

    >>> markers("It helps.[4] If you feel stuck[2], ask.[4]")
    (4, 2)
    """
    return tuple(dict.fromkeys(int(number) for number in _MARKER.findall(words)))


def cited(article: Article, start: int, end: int) -> tuple[str, ...]:
    """The sources whose markers stand in `article.text[start:end]`, in the order of its list."""
    found = markers(article.text[start:end])
    return tuple(str(reference) for reference in article.references if reference.number in found)


def article_pieces(path: Path) -> tuple[str, list[Piece]]:
    """The text of a file and its pieces, before anything is said of what they are.

    :raises CorpusError: the file cannot be read.
    """
    _, text, pieces = _read(path)
    return text, pieces


def _read(path: Path) -> tuple[dict[str, Any], str, list[Piece]]:
    """The facts that the file states, its text, and the text's pieces."""
    suffix = path.suffix.lower()
    if suffix in DOCUMENTS:
        try:
            return dict.fromkeys(FIELDS, ""), *DOCUMENTS[suffix](_bytes(path))
        except ImportError:
            raise CorpusError(
                f"{path} needs the libraries for {suffix} files; run `{INSTALL}`."
            ) from None
        except ValueError as error:
            raise CorpusError(f"{path} {error}.") from None
    metadata, content = read_front_matter(path, file_content(path))
    try:
        text, pieces = READERS[suffix](content)
        of_page = FACTS[suffix](content) if suffix in FACTS else {}
    except RecursionError:
        raise CorpusError(f"{path} is nested too deep; paste its words as plain text.") from None
    return {name: metadata[name] or of_page.get(name, "") for name in FIELDS}, text, pieces


def file_content(path: Path) -> str:
    """The file as text, with "\\n" at the end of each line.

    :raises CorpusError: it is empty, too large, or no UTF-8 text.
    """
    raw = _bytes(path)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise CorpusError(
            f'{path} is UTF-16 or UTF-32 text; save it again with the encoding "UTF-8".'
        )
    if b"\0" in raw:
        raise CorpusError(f"{path} is not a text file; paste the article's words as plain text.")
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CorpusError(
            f"{path} is not UTF-8 text (byte 0x{raw[error.start]:02x} in line {line}); "
            'save it again with the encoding "UTF-8".'
        ) from None
    if not content.strip():
        raise CorpusError(f"{path} is empty; paste the article into it, or delete it.")
    return content.replace("\r\n", "\n").replace("\r", "\n")


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be read ({error.strerror or error}); change its permissions, or move it."
        ) from None
    if size > MAX_BYTES:
        raise CorpusError(
            f"{path} is {size / 1e6:.0f} MB; an article may have {MAX_BYTES / 1e6:.0f} MB at most. "
            "Split it, or check that it is the right file."
        )
    return content


def page_awaits_review(article: Article) -> bool:
    """Whether the page's own words say so, whatever its front matter says."""
    return bool(_AWAITING.search(_own_words(article.text, article.blocks)))


def page_updated(article: Article) -> date | None:
    """The date of the last update in the page's own words, whatever its front matter says."""
    return update_in(_own_words(article.text, article.blocks))


def _own_words(text: str, blocks: Iterable[Block]) -> str:
    """What a page says of itself."""
    kinds = (Kind.BYLINE, Kind.NOTE, Kind.CAPTION)
    return "\n".join(text[block.start : block.end] for block in blocks if block.kind in kinds)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1].strip() if found else ""


def _title(text: str, blocks: Iterable[Block]) -> str:
    return next((text[b.start : b.end] for b in blocks if b.kind is Kind.TITLE), "")


def _review_status(path: Path, written: str, reviewed_by: str, own: str) -> ReviewStatus:
    if written:
        try:
            return ReviewStatus(written.strip().lower())
        except ValueError:
            raise CorpusError(
                f'{path} has the review_status "{written}"; write one of '
                f"{', '.join(ReviewStatus)}, or leave it empty."
            ) from None
    if _AWAITING.search(own):
        return ReviewStatus.AWAITING
    return ReviewStatus.REVIEWED if reviewed_by else ReviewStatus.NOT_STATED


def _last_updated(path: Path, written: object, own: str) -> date | None:
    if isinstance(written, datetime):
        return written.date()
    if isinstance(written, date):
        return written
    if written:
        try:
            return date.fromisoformat(str(written))
        except ValueError:
            raise CorpusError(
                f'{path} has the last_updated "{written}"; write a date such as 2026-06-19, or leave '
                "it empty."
            ) from None
    return update_in(own)


def _references(text: str, blocks: Sequence[Block]) -> tuple[Reference, ...]:
    cited = {
        number
        for block in blocks
        if block.kind is not Kind.REFERENCE
        for number in markers(text[block.start : block.end])
    }
    references = []
    for position, block in enumerate((b for b in blocks if b.kind is Kind.REFERENCE), start=1):
        words = text[block.start : block.end]
        marker = _MARKER.match(words)
        number = int(marker[1]) if marker else position
        # Exports glue the label of the link to the source ("… 2024. Source").
        source = words[marker.end() :] if marker else words
        source = re.sub(r"(?<=[.)])\s+(Source|Link|View|[↩↑^])\ufe0e?$", "", source)
        references.append(Reference(number, " ".join(source.split()), number in cited))
    return tuple(references)
