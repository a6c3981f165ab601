"""An HTML page → its text and pieces.

What of a page is the article, trafilatura finds; menus, adverts, comments and forms go with the rest.
Before that, what a button opens is unfolded, and the list of sources, which it would drop, is set aside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_bot.articles.blocks import section_kind
from qa_bot.articles.pieces import InPieces, Piece, Shape, table_lines
from qa_bot.records import Kind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NOT_QUOTED = (
    "//caption | //figcaption | //a[not(node())] | //*[@hidden] | //*[@aria-hidden='true']"
    " | //span[@class='sro' or contains(@class, 'sr-only') or contains(@class, 'visually-hidden')"
    " or contains(@class, 'screen-reader')]"
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BULLET = re.compile(r"[•‣◦▪●]\s*")


def web_page(content: str) -> tuple[str, list[Piece]]:
    """The article of a page. The text is made anew: what stands in a row of a table is told with the
    heads of its columns, and a term with what it means."""
    from lxml import html
    from trafilatura import bare_extraction, baseline
    from trafilatura.settings import Document, use_config

    tree = parsed(content)
    if tree is None:
        return "", []
    _unfold(tree)
    titles = [*map(_words, tree.iter("h1")), *tree.xpath("//meta[@property='og:title']/@content")]
    title = next((one for one in titles if one), "")
    _prepare(tree)
    sources = _sources(tree)
    shorter, again = use_config(), html.tostring(tree, encoding="unicode")
    # Now a teaser of another article would do: tried only where nothing else was found.
    shorter["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "0"
    tries = (
        bare_extraction(again, fast=True, include_comments=False, config=config)
        for config in (use_config(), shorter)
    )
    body: HtmlElement = next((one.body for one in tries if isinstance(one, Document)), None)
    page = _Page()
    if body is None:  # a page of a few words
        body = baseline(tree)[0]
    if title and not body.xpath("//head[@rend='h1']"):
        page.add(title, Shape.HEADING, 1)
    page.read(body)
    for number, words in enumerate(sources):
        page.add(words, Shape.ITEM if number else Shape.HEADING, 0 if number else 2)
    return page.text, page.pieces


def parsed(content: str) -> HtmlElement | None:
    """The tree of a page, or of a part of one; None where there is nothing in it."""
    from trafilatura import load_html

    is_part = not re.search(r"(?i)<body\b", content)
    tree: HtmlElement | None = load_html(
        f"<html><body>{content}</body></html>" if is_part else content
    )
    for line_end in () if tree is None else tree.iter("br"):
        line_end.tail = f" {line_end.tail or ''}"  # else the words on its sides would be one
    return tree


def _words(tag: HtmlElement) -> str:
    return " ".join(tag.text_content().split())


def _unfold(tree: HtmlElement) -> None:
    """What a button opens is text of the page, and the button its heading."""
    for folded in tree.xpath("//details[summary]"):
        heading = folded.find("summary")
        heading.tag = "h3"
        if not folded.xpath(".//p|.//ul|.//ol|.//table|.//div"):  # loose words would be dropped
            loose = folded.makeelement("p")
            loose.text, heading.tail = heading.tail, None
            loose.extend(list(heading.itersiblings()))
            heading.addnext(loose)
        folded.drop_tag()
    for button in tree.xpath("//button[@aria-controls or @aria-expanded]"):
        above = [one for one in button.iterancestors() if one.tag in _HEADINGS]
        named = tree.xpath("//*[@id=$id]", id=button.get("aria-controls", "none"))
        panel = named[0] if named else (above[0] if above else button).getnext()
        if panel is None or not re.search(r"[.!?]\s*$", panel.text_content()):
            continue  # a menu
        for one in (panel, *panel.iterdescendants()):
            for name in ("hidden", "aria-hidden"):
                one.attrib.pop(name, None)
        if above:
            button.drop_tag()
        else:
            button.tag = "h3"


def _prepare(tree: HtmlElement) -> None:
    """Markers of sources are written out, and what is never quoted goes."""
    for marker in tree.xpath("//sup"):
        if _words(marker).isdecimal():
            words = f"[{_words(marker)}]"
            for part in list(marker):
                marker.remove(part)
            marker.text = words
            marker.drop_tag()
    for part in tree.xpath(_NOT_QUOTED):
        if part.getparent() is not None:
            part.drop_tree()


def _sources(tree: HtmlElement) -> list[str]:
    """The heading over the list of sources and what is listed, which goes from the page; [] where there
    is none."""
    heading = None
    for tag in tree.iter(*_HEADINGS, "ol", "ul"):
        if tag.tag in _HEADINGS:
            heading = tag if section_kind(_words(tag), "") is Kind.REFERENCE else None
        elif heading is not None:
            items = [_words(item).lstrip("^↑ ") for item in tag.iter("li")]
            found = [_words(heading), *(item for item in items if item)]
            for part in (heading, tag):
                part.drop_tree()
            return found
    return []


@dataclass
class _Page(InPieces):
    """A page so far, and the words of the piece being read, from a tree that trafilatura made."""

    words: str = ""
    shape: Shape = Shape.PARAGRAPH

    def read(self, tag: HtmlElement) -> None:
        """All that is in a block, and nothing of what follows it."""
        self.words += tag.text or ""
        term = ""
        for part in tag:
            words = words_of(part)
            if part.tag in ("head", "row", "p", "quote", "list", "item", "table", "code"):
                self.end_piece()
            if part.tag == "head":
                self.add(words, Shape.HEADING, int(str(part.get("rend", "h2"))[-1]))
            elif part.tag == "table":
                self.read_table(part)
            elif part.tag == "item" and str(part.get("rend", "")).startswith("dt"):
                term = words
            elif part.tag == "item":
                self.words, term = f"{term}: " if term else "", ""
                self.read_in(part, Shape.ITEM)
            elif part.tag in ("p", "quote", "list", "code"):
                self.read_in(part, self.shape)
            else:
                self.words += " " if part.tag == "lb" else ""
                self.read(part)
            self.words += part.tail or ""
        if term:
            self.add(term, Shape.ITEM)

    def read_in(self, tag: HtmlElement, shape: Shape) -> None:
        outer, self.shape = self.shape, shape
        self.read(tag)
        self.end_piece()
        self.shape = outer if shape is Shape.ITEM else self.shape

    def read_table(self, table: HtmlElement) -> None:
        rows = [list(row.iter("cell")) for row in table.iter("row")]
        headed = bool(rows) and len(rows[0]) > 1 and all(cell.get("role") for cell in rows[0])
        for line in table_lines([list(map(words_of, row)) for row in rows], headed=headed):
            self.add(line, Shape.PARAGRAPH)

    def end_piece(self) -> None:
        words, self.words = " ".join(self.words.split()), ""
        if bullet := _BULLET.match(words):
            words, self.shape = words[bullet.end() :], Shape.ITEM
        self.add(words, self.shape)
        if words and self.shape is Shape.ITEM:
            self.shape = Shape.ITEM_BODY


def words_of(tag: HtmlElement) -> str:
    """All words in a tag, with space between its parts."""
    return " ".join(" ".join(tag.itertext()).split())
