"""Article → the blocks of its reading page, with one quote marked; no HTML is made here."""

from __future__ import annotations

from dataclasses import dataclass

from qa_bot.records import Article, Block, Kind
from qa_bot.ui.rendering import KIND_LABELS

# Furniture of the page the article was exported from; nobody reads for it.
_HIDDEN = frozenset({Kind.TITLE, Kind.NAVIGATION})
_LISTED = frozenset({Kind.LIST_ITEM, Kind.TAKEAWAY, Kind.OUTLINE, Kind.REFERENCE})
_LABELED = frozenset({Kind.TESTIMONIAL, Kind.PROMOTION, Kind.DISCLAIMER, Kind.NOTE})


@dataclass(frozen=True, slots=True)
class ReadingBlock:
    """A block as shown: its HTML element, and its text cut where a marked quote begins and ends.

    A piece is (text, marked, first); `first` is true once in an article: where a reader is taken.
    """

    anchor: str
    tag: str
    label: str
    quiet: bool
    pieces: tuple[tuple[str, bool, bool], ...]


def reading_blocks(article: Article, start: int = 0, end: int = 0) -> list[ReadingBlock]:
    """All blocks worth reading, with `article.text[start:end]` marked; none when start == end."""
    shown = []
    seen_mark = False
    for position, block in enumerate(article.blocks):
        if block.kind in _HIDDEN:
            continue
        pieces = []
        for text, marked in _cut(article.text, block, start, end):
            pieces.append((text, marked, marked and not seen_mark))
            seen_mark = seen_mark or marked
        shown.append(
            ReadingBlock(
                anchor=f"block-{position}",
                tag=_tag(block),
                label=KIND_LABELS[block.kind] if block.kind in _LABELED else "",
                quiet=block.kind in (Kind.BYLINE, Kind.CAPTION, Kind.DISCLAIMER, Kind.NOTE),
                pieces=tuple(pieces),
            )
        )
    return shown


def _cut(text: str, block: Block, start: int, end: int) -> list[tuple[str, bool]]:
    """The block's text in at most three pieces: before, inside and after [start, end)."""
    inner_start = min(max(start, block.start), block.end)
    inner_end = min(max(end, inner_start), block.end)
    pieces = [
        (text[block.start : inner_start], False),
        (text[inner_start:inner_end], True),
        (text[inner_end : block.end], False),
    ]
    return [(piece, marked) for piece, marked in pieces if piece]


def _tag(block: Block) -> str:
    if block.kind is Kind.HEADING:
        return "h3" if len(block.section) > 1 else "h2"
    if block.kind is Kind.FAQ_QUESTION:
        return "h3"
    return "li" if block.kind in _LISTED else "p"
