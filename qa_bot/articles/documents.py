"""PDF and Word files → text and pieces. Their libraries are an extra: not everybody needs them."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Any

from qa_bot.articles.pieces import InPieces, Piece, Shape, table_lines

INSTALL = '.venv/bin/python -m pip install ".[formats]"'
LONGEST_HEADING = 90  # characters
OUTLIERS = 8  # one line of so many may be longer than a full one
_BULLET = re.compile(r"\s*(?:[•‣◦▪●*–\x7f\uf0a7\uf0b7-]|\(?\d{1,3}[.)])\s+(?=\S)")


def pdf(raw: bytes) -> tuple[str, list[Piece]]:
    """A PDF says where letters stand, not what a paragraph is: lines are joined by their looks.

    :raises ImportError: the library is not installed.
    :raises ValueError: it cannot be read, is locked, or holds pictures of text only.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(io.BytesIO(raw))
        pages = [page.extract_text().split("\n") for page in reader.pages]
    except DependencyError as error:  # of a lock without a password, too
        raise ValueError("is locked; save it without protection first") from error
    except Exception as error:  # whatever a malformed stream makes of its parts
        raise ValueError("is no PDF that can be read, or is locked") from error
    counted = Counter(
        line for page in pages for line in set(map(_numberless, (*page[:2], *page[-2:])))
    )
    # What stands at the edge of most pages is their frame.
    frame = {line for line, times in counted.items() if times > max(1, len(pages) / 2)}
    lines = [
        line.strip()
        for page in pages
        for line in page
        if _numberless(line) not in frame and not line.strip().isdecimal()
    ]
    if not any(lines):
        raise ValueError("holds no text, only pictures of it; paste the words instead")
    return _joined(lines)


def _numberless(line: str) -> str:
    """A line as it is on every page ("Page 1 of 3")."""
    return re.sub(r"\d+", "#", line.strip())


def _continued(before: str, line: str, known: Set[str]) -> str:
    """`before` and the `line` after it. A word cut at the end is made whole, unless it is written with
    the hyphen elsewhere, as the words `known` have it."""
    cut, rest = re.search(r"(\w+)-$", before), re.match(r"[a-z]+", line)
    if cut and rest:
        return before + line if f"{cut[0]}{rest[0]}".casefold() in known else before[:-1] + line
    return f"{before} {line}"


def _joined(lines: list[str]) -> tuple[str, list[Piece]]:
    # Of a column: a few lines, such as the title, run across all columns.
    full = 0.75 * sorted(len(line) for line in lines)[-1 - len(lines) // OUTLIERS]
    known = {word.casefold() for line in lines for word in re.findall(r"\w+-\w+", line)}
    parts: list[tuple[Shape, str]] = []
    open_line = False  # whether the last line ran to the margin, so that the next one goes on
    ended = False  # whether it ended a sentence
    for line in lines:
        bullet = _BULLET.match(line)
        words = line[bullet.end() :] if bullet else line
        if not words:
            open_line = False
            continue
        ends = bool(re.search(r"[.!?:][”\"’')\]]*(\[\d+\])*$", words))
        heads = len(words) <= LONGEST_HEADING and (not ends or words.endswith("?"))
        heads = heads and len(line) < full
        if bullet:
            parts.append((Shape.ITEM, words))
        elif parts and open_line and not (ended and heads and words[0].isupper()):
            shape, before = parts.pop()
            parts.append((shape, _continued(before, words, known)))
        else:
            parts.append((Shape.HEADING if heads else Shape.PARAGRAPH, words))
        heading = parts[-1][0] is Shape.HEADING
        open_line, ended = not heading and (len(line) >= full or not ends), ends
    return _together(parts)


def word_document(raw: bytes) -> tuple[str, list[Piece]]:
    """A Word file names its headings and lists itself.

    :raises ImportError: the library is not installed.
    :raises ValueError: it cannot be read.
    """
    import docx

    try:
        document: Any = docx.Document(io.BytesIO(raw))
        notes = _footnotes(document)
        numbers = {id_: number for number, id_ in enumerate(notes, start=1)}
        parts = _word_parts(document.iter_inner_content(), numbers)
    except Exception as error:  # a ZIP file, XML and more: whatever its parts raise
        raise ValueError("is no Word document that can be read") from error
    if notes:
        parts.append((Shape.HEADING, "References", 2))
        parts += [(Shape.ITEM, f"[{numbers[id_]}] {note}", 0) for id_, note in notes.items()]
    return _together(parts)


def _footnotes(document: Any) -> dict[str, str]:
    """The words of a document's footnotes, in their order, by their ids."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/footnotes.xml":
            notes = parse_xml(part.blob).findall(qn("w:footnote"))
            own = (note for note in notes if note.get(qn("w:type")) in (None, "normal"))
            return {
                note.get(qn("w:id")): "".join(t.text or "" for t in note.iter(qn("w:t"))).strip()
                for note in own
            }
    return {}


def _words(paragraph: Any, numbers: Mapping[str, int]) -> str:
    """The words of a paragraph, with a marker where a footnote is: "[1]"."""
    from docx.oxml.ns import qn

    words = ""
    for run in paragraph._p.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:footnoteReference")):
        if run.tag == qn("w:footnoteReference"):
            words += f"[{numbers[run.get(qn('w:id'))]}]"
        else:
            words += run.text or " "
    return words


def _word_parts(
    contents: Iterable[Any], numbers: Mapping[str, int]
) -> list[tuple[Shape, str, int]]:
    from docx.table import Table

    parts: list[tuple[Shape, str, int]] = []
    for block in contents:
        if isinstance(block, Table):
            rows = [[" ".join(cell.text.split()) for cell in row.cells] for row in block.rows]
            # A first row that is not marked so may be like the others.
            headed = bool(block._tbl.xpath("./w:tr[1]/w:trPr/w:tblHeader"))
            told = table_lines(rows, headed=headed)
            parts += [(Shape.PARAGRAPH, words, 0) for words in told]
            continue
        words = _words(block, numbers)
        style = str(block.style.name) if block.style is not None else ""
        level = re.match(r"Heading (\d)", style)
        numbered = block._p.pPr is not None and block._p.pPr.numPr is not None
        if level or style == "Title":
            parts.append((Shape.HEADING, words, int(level[1]) if level else 0))
        elif numbered or style.startswith("List"):
            parts.append((Shape.ITEM, words, 0))
        else:
            parts.append((Shape.PARAGRAPH, words, 0))
    return _leveled(parts)


def _leveled(parts: list[tuple[Shape, str, int]]) -> list[tuple[Shape, str, int]]:
    """One title, of level 1: Word's "Title" (here 0), else the first "Heading 1". Where others would be
    as high, all below the title go one down."""
    headings = [place for place, (shape, *_) in enumerate(parts) if shape is Shape.HEADING]
    levels = [parts[place][2] for place in headings]
    title = next((place for place in headings if parts[place][2] == min(levels) <= 1), None)
    down = int((0 in levels and 1 in levels) or levels.count(1) > 1)
    for place in headings:
        shape, words, level = parts[place]
        parts[place] = (shape, words, 1 if place == title else min(6, max(2, level + down)))
    return parts


def _together(parts: list[Any]) -> tuple[str, list[Piece]]:
    written = InPieces()
    for shape, words, *rest in parts:
        level = rest[0] if rest else 2 * (shape is Shape.HEADING)
        written.add(" ".join(words.split()), shape, level)
    return written.text, written.pieces
