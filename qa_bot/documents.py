"""PDF and Word files → text and pieces. Their libraries are an extra: not everybody needs them."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from qa_bot.pieces import Piece, Shape

INSTALL = 'python -m pip install ".[formats]"'
LONGEST_HEADING = 90  # characters
_BULLET = re.compile(r"\s*(?:[•‣◦▪●*–-]|\(?\d{1,3}[.)])\s+(?=\S)")


def pdf(raw: bytes) -> tuple[str, list[Piece]]:
    """A PDF says where letters stand, not what a paragraph is: lines are joined by their looks.

    :raises ImportError: the library is not installed.
    :raises ValueError: it cannot be read, is locked, or holds pictures of text only.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(raw))
        pages = [page.extract_text().split("\n") for page in reader.pages]
    except DependencyError as error:  # of a lock without a password, too
        raise ValueError("is locked; save it without protection first") from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("is no PDF that can be read, or is locked") from error
    counted = Counter(line.strip() for page in pages for line in {*page[:2], *page[-2:]})
    # What stands at the edge of most pages is their frame.
    frame = {line for line, times in counted.items() if len(pages) > 2 and times > len(pages) / 2}
    lines = [
        line.strip()
        for page in pages
        for line in page
        if line.strip() not in frame and not line.strip().isdecimal()
    ]
    if not any(lines):
        raise ValueError("holds no text, only pictures of it; paste the words instead")
    return _joined(lines)


def _joined(lines: list[str]) -> tuple[str, list[Piece]]:
    full = 0.75 * max(len(line) for line in lines)
    parts: list[tuple[Shape, str]] = []
    open_line = False  # whether the last line ran to the margin, so that the next one goes on
    for line in lines:
        bullet = _BULLET.match(line)
        words = line[bullet.end() :] if bullet else line
        if not words:
            open_line = False
            continue
        ends = bool(re.search(r"[.!?:][”\"’')\]]*(\[\d+\])*$", words))
        if bullet:
            parts.append((Shape.ITEM, words))
        elif parts and open_line:
            shape, before = parts.pop()
            parts.append((shape, f"{before} {words}"))
        else:
            heads = len(words) <= LONGEST_HEADING and (not ends or words.endswith("?"))
            heads = heads and len(line) < full
            parts.append((Shape.HEADING if heads else Shape.PARAGRAPH, words))
        heading = parts[-1][0] is Shape.HEADING
        open_line = not heading and (len(line) >= full or not ends)
    return _together(parts)


def word_document(raw: bytes) -> tuple[str, list[Piece]]:
    """A Word file names its headings and lists itself.

    :raises ImportError: the library is not installed.
    :raises ValueError: it cannot be read.
    """
    import docx

    try:
        document: Any = docx.Document(io.BytesIO(raw))
        return _together(_word_parts(document.iter_inner_content()))
    except Exception as error:  # a ZIP file, XML and more: whatever its parts raise
        raise ValueError("is no Word document that can be read") from error


def _word_parts(contents: Iterable[Any]) -> list[tuple[Shape, str, int]]:
    from docx.table import Table

    parts: list[tuple[Shape, str, int]] = []
    for block in contents:
        if isinstance(block, Table):
            for row in block.rows:
                cells = (" ".join(cell.text.split()) for cell in row.cells)
                parts.append((Shape.PARAGRAPH, " | ".join(cells), 0))
            continue
        style = str(block.style.name) if block.style is not None else ""
        level = re.match(r"Heading (\d)", style)
        numbered = block._p.pPr is not None and block._p.pPr.numPr is not None
        if level or style == "Title":
            parts.append((Shape.HEADING, block.text, min(6, int(level[1])) if level else 1))
        elif numbered or style.startswith("List"):
            parts.append((Shape.ITEM, block.text, 0))
        else:
            parts.append((Shape.PARAGRAPH, block.text, 0))
    return parts


def _together(parts: list[Any]) -> tuple[str, list[Piece]]:
    text, pieces = "", []
    for shape, raw, *rest in parts:
        words = " ".join(raw.split())
        if words:
            text += "\n\n" if text else ""
            level = rest[0] if rest else 2 * (shape is Shape.HEADING)
            pieces.append(Piece(shape, len(text), len(text) + len(words), level))
            text += words
    return text, pieces
