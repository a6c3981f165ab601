"""Pieces of a text → blocks that know what they are: body, FAQ, takeaway, promotion, caption …

Web pages exported as text keep their kickers, captions, navigation and calls to action. What words tell
of them stands in `block_rules`; what their place tells, here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.articles.block_rules import PARAGRAPH_RULES, SECTION_RULES, SENTENCE_RULES
from qa_bot.articles.pieces import Piece, Shape
from qa_bot.records import Block, Kind

_INITIALS = re.compile(r"[A-Z](\.? ?[A-Z]){0,3}\.?")
_PERSON = re.compile(r"[A-Z][\w.]*( [A-Z][\w.]*){0,2}, \d{1,3}")  # "D.W., 44"
_CAPTION = re.compile(r"(?i)(photo|image|illustration|figure|picture)\b.*")
_STANDFIRST = re.compile(r"(?i)(what|why|how|when|learn|discover|find out|everything|here)\b")
_SENTENCE_END = re.compile(r"[.!?:;,…][”\"’')\]]*(\[\d+\])*$")
TITLE_LEVEL = 1
SLOGAN = 12  # words at most in a line that only announces the promotion below it
LONGEST_STANDFIRST = 45  # words
LONGEST_QUESTION = 160  # characters of one in a FAQ that is no heading


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that pieces stand under. `scope`: what it, or one above it, says about them; None where
    they speak for themselves."""

    level: int
    words: str
    scope: Kind | None


def classify(
    text: str, pieces: Sequence[Piece], *, title: str = "", publisher: str = ""
) -> tuple[Block, ...]:
    """Name every piece. `title` and `publisher` come from the editor, "" where unknown.

    Blocks come in the order of the text and never overlap.
    """
    above: tuple[Heading, ...] = ()
    question: tuple[str, ...] = ()  # of a FAQ, whose answer is being read
    listed = False  # whether its list has begun: the scope of a takeaway list ends with the list
    blocks: list[Block] = []
    for piece in _with_headings(text, pieces, title):
        words = text[piece.start : piece.end]
        scope = above[-1].scope if above else None
        if piece.shape is Shape.HEADING:
            known = section_kind(words, publisher)
            in_faq = scope is Kind.FAQ and piece.level >= above[-1].level
            if in_faq and known is None and words.endswith("?"):
                question, kind = (words,), Kind.FAQ_QUESTION
            elif piece.level == TITLE_LEVEL:
                above, question, kind = (), (), Kind.TITLE
            else:
                above, question, kind = _under(above, piece, words, known), (), Kind.HEADING
            listed = False
        else:
            item = piece.shape in (Shape.ITEM, Shape.ITEM_BODY)
            if listed and not item and scope in (Kind.TAKEAWAY, Kind.OUTLINE, Kind.REFERENCE):
                above, scope = (), None
            listed = listed or item
            kind = _kind(words, piece, scope, publisher, blocks)
            if scope is Kind.FAQ and _asks(words, piece, blocks):
                question, kind = (words,), Kind.FAQ_QUESTION
        section = (*(heading.words for heading in above), *question)
        blocks.append(Block(kind, piece.start, piece.end, section))
    return _with_promotion_tail(text, blocks)


def sentence_kind(words: str, block_kind: Kind) -> Kind:
    """What a sentence is, within a block of `block_kind`.

    >>> sentence_kind("Common causes:", Kind.BODY).value
    'lead-in'
    """
    for kind, pattern in SENTENCE_RULES:
        if re.search(pattern, words, re.IGNORECASE):
            return kind
    return block_kind


def _under(
    above: tuple[Heading, ...], piece: Piece, words: str, says: Kind | None
) -> tuple[Heading, ...]:
    """The headings under which a new one stands, and itself. `says`: what it says about its section."""
    above = tuple(heading for heading in above if heading.level < piece.level)
    scope = says or (above[-1].scope if above else None)
    return (*above, Heading(piece.level, words, scope))


def _kind(
    words: str, piece: Piece, scope: Kind | None, publisher: str, before: Sequence[Block]
) -> Kind:
    if piece.shape is Shape.LINE:
        return Kind.CAPTION  # a lone line that _with_headings did not take for a heading
    if scope in (Kind.OUTLINE, Kind.NAVIGATION, Kind.TAKEAWAY, Kind.REFERENCE) and (
        piece.shape is not Shape.PARAGRAPH or not _rule(words)
    ):
        return scope
    if scope is Kind.FAQ and not _rule(words, Kind.NAVIGATION, Kind.BYLINE):
        # An answer may name the publisher, or a crisis line; what follows an answer and does so is none.
        answers = not before or before[-1].kind is Kind.FAQ_QUESTION
        if answers:
            return Kind.FAQ
        if kind := _rule(words, Kind.CRISIS_NOTICE, Kind.DISCLAIMER, Kind.PROMOTION):
            return kind
        return Kind.PROMOTION if _on_own_service(words, publisher) else Kind.FAQ
    if kind := _rule(words):
        return kind
    if scope in (Kind.TESTIMONIAL, Kind.PROMOTION):
        return scope
    if _on_own_service(words, publisher):
        return Kind.PROMOTION
    if (
        before
        and before[-1].kind is Kind.TITLE
        and _STANDFIRST.match(words)
        and len(words.split()) <= LONGEST_STANDFIRST
        and len(re.findall(r"[.!?](?:\s|$)", words)) == 1
    ):
        return Kind.OUTLINE
    return Kind.BODY if piece.shape is Shape.PARAGRAPH else Kind.LIST_ITEM


def _asks(words: str, piece: Piece, before: Sequence[Block]) -> bool:
    """Whether one of the questions of a FAQ stands here, as an item or as a line in bold: a question
    below a question begins its answer."""
    if not words.endswith("?") or piece.shape is Shape.ITEM_BODY:
        return False
    alone = len(words) <= LONGEST_QUESTION and not re.search(r"[.!]\s", words)
    return piece.shape is Shape.ITEM or (alone and before[-1].kind is not Kind.FAQ_QUESTION)


def _rule(words: str, *only: Kind) -> Kind | None:
    for kind, pattern in PARAGRAPH_RULES:
        flags = re.DOTALL if kind is Kind.TESTIMONIAL else re.IGNORECASE | re.DOTALL
        if (not only or kind in only) and re.search(pattern, words, flags):
            return kind
    return None


def section_kind(heading: str, publisher: str) -> Kind | None:
    """What a heading says about all beneath it; None where it says nothing."""
    if publisher and re.fullmatch(rf"(?i)(about|why|meet) {re.escape(publisher)}.*", heading):
        return Kind.PROMOTION
    for kind, pattern in SECTION_RULES:
        if re.fullmatch(pattern, heading.strip().rstrip(":"), re.IGNORECASE):
            return kind
    return None


def _on_own_service(words: str, publisher: str) -> bool:
    """Whether a paragraph names its publisher, other than to say who a quoted person works for."""
    if not publisher:
        return False
    # "Manifest Behavioral Health" calls itself "Manifest" too; a first word such as "The" is no name.
    short = publisher.split()[0]
    names = {publisher, short} if len(short) > 4 else {publisher}
    told = re.sub(r"[”\"],?\s(says?|said)\b[^“\"]*", " ", words)
    return any(re.search(rf"\b{re.escape(name)}\b", told) for name in names)


def _with_headings(text: str, pieces: Sequence[Piece], title: str) -> list[Piece]:
    """Take the lone lines that are headings for headings; the one that is the title gets level 1.

    Where the file marks headings itself (#), its lone lines are none.
    """
    marked = any(piece.shape is Shape.HEADING for piece in pieces)
    decided = list(pieces)
    if not marked:
        decided = [
            Piece(Shape.HEADING, piece.start, piece.end, 2)
            if piece.shape is Shape.LINE and _heads(text, pieces, index)
            else piece
            for index, piece in enumerate(pieces)
        ]
    decided = [
        Piece(Shape.PARAGRAPH, piece.start, piece.end)
        if piece.shape is Shape.LINE and _is_sentence(text, piece)
        else piece
        for piece in decided
    ]
    top = _title_index(text, decided, title)
    if top is None:
        return decided
    above = [
        Piece(Shape.LINE, piece.start, piece.end)
        for piece in decided[:top]
        if piece.shape in (Shape.LINE, Shape.HEADING)
    ]
    rest = [piece for piece in decided[:top] if piece.shape not in (Shape.LINE, Shape.HEADING)]
    named = Piece(Shape.HEADING, decided[top].start, decided[top].end, TITLE_LEVEL)
    return [*sorted([*above, *rest], key=lambda piece: piece.start), named, *decided[top + 1 :]]


def _is_sentence(text: str, piece: Piece) -> bool:
    words = text[piece.start : piece.end]
    return bool(_SENTENCE_END.search(words) and not words.endswith("?")) or bool(_rule(words))


def _heads(text: str, pieces: Sequence[Piece], index: int) -> bool:
    """Whether a lone line is a heading: it reads like one and has text, or a heading, under it."""
    piece = pieces[index]
    words = text[piece.start : piece.end]
    following = pieces[index + 1] if index + 1 < len(pieces) else None
    if following is None or _is_sentence(text, piece) or _CAPTION.fullmatch(words):
        return False
    if _PERSON.fullmatch(words):
        return False
    lone = following.shape is Shape.LINE and not _is_sentence(text, following)
    if _INITIALS.fullmatch(words) and lone:
        return False  # a portrait's initials above a name; above a paragraph, "ECT" is a heading
    below = text[following.start : following.end]
    if _rule(below, Kind.NOTE, Kind.BYLINE, Kind.TESTIMONIAL) and not section_kind(words, ""):
        # "Treatment-Resistant Depression" between a name and what that person said is no heading,
        # and neither is a picture's description above the byline.
        return index < 3 and words.istitle()
    return True


def _title_index(text: str, pieces: Sequence[Piece], title: str) -> int | None:
    """The piece that is the title: the one the editor named, else the longest of the first lines."""
    first_lines: list[tuple[int, int]] = []
    reading_first_lines = True
    for index, piece in enumerate(pieces):
        words = text[piece.start : piece.end]
        if title and words.casefold() == title.casefold():
            return index
        if piece.shape is Shape.HEADING and piece.level == TITLE_LEVEL:
            return index if not title else None
        lone = piece.shape in (Shape.LINE, Shape.HEADING) and not section_kind(words, "")
        if lone and reading_first_lines:
            first_lines.append((len(words), -index))
        elif _rule(words) is not Kind.NAVIGATION:
            reading_first_lines = False
    return None if title or not first_lines else -max(first_lines)[1]


def _with_promotion_tail(text: str, blocks: list[Block]) -> tuple[Block, ...]:
    """Mark what closes a page: a button's label, and the slogan above the publisher's own words."""
    kinds = [block.kind for block in blocks]
    for index in range(len(blocks) - 1, 0, -1):
        if kinds[index] not in (Kind.PROMOTION, Kind.CAPTION, Kind.NAVIGATION):
            break
        slogan = text[blocks[index - 1].start : blocks[index - 1].end]
        promoted = kinds[index] is Kind.PROMOTION
        if promoted and len(slogan.split()) <= SLOGAN and kinds[index - 1] in (Kind.BODY, Kind.FAQ):
            kinds[index - 1] = Kind.PROMOTION
    return tuple(
        Block(kind, block.start, block.end, block.section)
        for kind, block in zip(kinds, blocks, strict=True)
    )
