"""A file's content → plain text and its pieces: headings, paragraphs, list items, by offset.

Knows how .txt and .md are written and who reads the other formats, and nothing of what a piece means;
that is `blocks`' work.
Offsets count in the returned text, which is what an article's quotes are cut from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa_bot.articles.documents import pdf, word_document
from qa_bot.articles.page_facts import web_facts
from qa_bot.articles.pieces import InPieces, Piece, Shape
from qa_bot.articles.web_page import web_page

LONGEST_HEADING = 120  # characters; a longer lone line is a paragraph that lost its full stop
LONGEST_WRAPPED_LINE = 120  # characters; where lines are longer, each is a paragraph of its own

_BULLET = re.compile(r"\s*(?:[•‣◦▪●*+–-]|\(?\d{1,3}[.)])\s+(?=\S)")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")


def plain_text(content: str) -> tuple[str, list[Piece]]:
    """Pieces of a .txt. The text is `content` itself, so that what was pasted stays as it is.

    >>> [piece.shape.value for piece in plain_text("Causes\\n\\n• Too low a dose")[1]]
    ['line', 'item']
    """
    pieces: list[Piece] = []
    for lines in _groups(content):
        longest = max(end - start for start, end in lines)
        for start, end in lines:
            line = content[start:end]
            indent = len(line) - len(line.lstrip())
            if hashes := _HASHES.match(line):
                level = len(hashes[1])
                pieces.append(Piece(Shape.HEADING, start + hashes.end(), end, level))
            elif bullet := _BULLET.match(line):
                pieces.append(Piece(Shape.ITEM, start + bullet.end(), end))
            elif indent and pieces and pieces[-1].shape in (Shape.ITEM, Shape.ITEM_BODY):
                pieces.append(Piece(Shape.ITEM_BODY, start + indent, end))
            elif len(lines) == 1 and end - start <= LONGEST_HEADING:
                pieces.append(Piece(Shape.LINE, start + indent, end))
            elif start == lines[0][0] or longest > LONGEST_WRAPPED_LINE:
                pieces.append(Piece(Shape.PARAGRAPH, start + indent, end))
            else:  # the next line of a wrapped paragraph or list item
                last = pieces.pop()
                pieces.append(Piece(last.shape, last.start, end, last.level))
    return content, pieces


def _groups(content: str) -> Iterator[list[tuple[int, int]]]:
    """Runs of lines without a blank one between, each line as (start, end) without trailing space."""
    group: list[tuple[int, int]] = []
    position = 0
    for line in content.splitlines(keepends=True):
        if line.strip():
            group.append((position, position + len(line.rstrip())))
        elif group:
            yield group
            group = []
        position += len(line)
    if group:
        yield group


def markdown(content: str) -> tuple[str, list[Piece]]:
    """Pieces of a .md, with a text freed of mark-up: emphasis, links, images, raw HTML.

    >>> markdown("# Causes\\n\\n* Too **low** a dose")[0]
    'Causes\\n\\nToo low a dose'
    """
    written = InPieces()
    items, level = 0, 0
    first_of_item = False
    row: list[str] | None = None  # the cells of the table row being read
    for token in MarkdownIt("commonmark").enable("table").parse(content):
        words = ""
        if token.type == "list_item_open":
            items, first_of_item = items + 1, True
        elif token.type == "list_item_close":
            items -= 1
        elif token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            words, row = " | ".join(row or ()), None
        elif token.type == "inline":
            words = _inline(token).strip()
            if row is not None:
                row.append(words)
                words = ""
        elif token.type in ("fence", "code_block"):
            words = token.content.strip()
        if words:
            shape = Shape.PARAGRAPH
            if level:
                shape = Shape.HEADING
            elif items:
                shape = Shape.ITEM if first_of_item else Shape.ITEM_BODY
            written.add(words, shape, level)
            level, first_of_item = 0, False
    return written.text, written.pieces


def _inline(token: Token) -> str:
    """The words of a run of inline Markdown; pictures and raw HTML have none."""
    breaks = ("softbreak", "hardbreak")
    return "".join(
        "\n" if child.type in breaks else child.content
        for child in token.children or ()
        if child.type in ("text", "code_inline", *breaks)
    )


READERS: dict[str, Callable[[str], tuple[str, list[Piece]]]] = {  # of files that are text
    ".txt": plain_text,
    ".md": markdown,
    ".html": web_page,
    ".htm": web_page,
}
DOCUMENTS: dict[str, Callable[[bytes], tuple[str, list[Piece]]]] = {  # of those that are not
    ".pdf": pdf,
    ".docx": word_document,
}
FACTS: dict[str, Callable[[str], dict[str, str]]] = {".html": web_facts, ".htm": web_facts}
KNOWN = (*READERS, *DOCUMENTS)
