"""What every format is read into: pieces of a text, by offset, with how each is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum


class Shape(Enum):
    """How a piece is written. `LINE` is a lone short line of a .txt: a heading, perhaps."""

    HEADING = "heading"
    LINE = "line"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ITEM_BODY = "item body"  # indented text under a list item


@dataclass(frozen=True, slots=True)
class Piece:
    """`text[start:end]`, without bullet, number or # signs. `level` is 1–6 for headings, else 0."""

    shape: Shape
    start: int
    end: int
    level: int = 0


def table_lines(rows: Sequence[Sequence[str]], *, headed: bool) -> list[str]:
    """A table as lines that can be read alone: each cell after the head of its column.

    The first cell of a row says what it is about, and needs none. `headed`: whether the first row holds
    the heads; a table of nothing else keeps it.

    >>> table_lines([["Drug", "Dose"], ["Lithium", "300 mg"]], headed=True)
    ['Lithium | Dose: 300 mg']
    """
    if headed and len(rows) > 1:
        return [_row_words(rows[0], cells) for cells in rows[1:]]
    return [_row_words((), cells) for cells in rows]


def _row_words(heads: Sequence[str], cells: Sequence[str]) -> str:
    if len(heads) != len(cells):
        return " | ".join(cell for cell in cells if cell)
    told = (f"{head}: {cell}" if head else cell for head, cell in zip(heads, cells, strict=True))
    return " | ".join([cells[0], *list(told)[1:]]) if cells[0] else " | ".join(told)


@dataclass
class InPieces:
    """A text that is put together from its pieces, with an empty line between two."""

    text: str = ""
    pieces: list[Piece] = field(default_factory=list)

    def add(self, words: str, shape: Shape, level: int = 0) -> None:
        """One more piece; none where there are no words."""
        if words:
            self.text += "\n\n" if self.text else ""
            start = len(self.text)
            self.text += words
            self.pieces.append(Piece(shape, start, len(self.text), level))
