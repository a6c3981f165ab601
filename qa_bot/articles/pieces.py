"""What every format is read into: pieces of a text, by offset, with how each is written."""

from __future__ import annotations

from dataclasses import dataclass
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
