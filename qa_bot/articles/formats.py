"""A file's content → plain text and its pieces: headings, paragraphs, list items, by offset.

Knows how .txt and .md are written and who reads the other formats, and nothing of what a piece means;
that is `blocks`' work.
Offsets count in the returned text, which is what an article's quotes are cut from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from qa_bot.articles.documents import pdf, word_document
from qa_bot.articles.page_facts import web_facts
from qa_bot.articles.pieces import InPieces, Piece, Shape, table_lines
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
    """Pieces of a .md, with a text freed of mark-up: emphasis, links, images, raw HTML. Footnotes are
    a list of references at its end.

    >>> markdown("# Causes\\n\\n* Too **low** a dose")[0]
    'Causes\\n\\nToo low a dose'
    """
    parser = MarkdownIt("commonmark").enable("table").use(footnote_plugin)
    root = SyntaxTreeNode(parser.parse(content))
    parts = list(_parts(root, Shape.PARAGRAPH))
    blocks = (block for block in root.children if block.type == "footnote_block")
    notes = [note for block in blocks for note in block.children]
    if notes and parts[-1][1] is not Shape.HEADING:  # else it is the one they were written under
        parts.append(("References", Shape.HEADING, 2))
    for note in notes:
        words = " ".join(words for words, *_ in _parts(note, Shape.PARAGRAPH))
        parts.append((f"{_marker(note)} {words}", Shape.ITEM, 0))
    written = InPieces()
    for part in parts:
        written.add(*part)
    return written.text, written.pieces


def _parts(node: SyntaxTreeNode, shape: Shape) -> Iterator[tuple[str, Shape, int]]:
    """What a part of a Markdown file holds: words, shape, level. `shape`: of its paragraphs."""
    if node.type == "heading":
        yield _words(node), Shape.HEADING, int(node.tag[1])
    elif node.type == "paragraph":
        yield _words(node), shape, 0
    elif node.type in ("fence", "code_block"):
        yield node.content.strip(), shape, 0
    elif node.type == "table":
        rows = [
            [_words(cell) for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        yield from ((line, Shape.PARAGRAPH, 0) for line in table_lines(rows, headed=True))
    elif node.type == "list_item":
        for place, child in enumerate(node.children):
            yield from _parts(child, Shape.ITEM_BODY if place else Shape.ITEM)
    elif node.type != "footnote_block":
        for child in node.children:
            yield from _parts(child, shape)


def _words(node: SyntaxTreeNode) -> str:
    """The words of a heading, a paragraph or a cell; pictures and raw HTML have none."""
    return "".join(map(_run, node.children)).strip()


def _run(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type == "footnote_ref":
        return _marker(node)
    if node.type in ("text", "code_inline"):
        return node.content
    return "" if node.type == "image" else "".join(map(_run, node.children))


def _marker(note: SyntaxTreeNode) -> str:
    return f"[{note.meta['id'] + 1}]"


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
