"""An HTML page → its text and pieces, and what its head says about it.

Keeps headings, paragraphs, list items, table rows and the words of links; drops what frames the
article: menus, scripts, forms, the site's own header and footer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement, PreformattedString

from qa_bot.articles.pieces import Piece, Shape

_NEVER = (
    "script, style, noscript, template, nav, form:not(:has(h1, main, article)), button, svg, iframe, "
    "object, select, textarea, dialog, head, [role=navigation], [role=banner], [role=contentinfo], "
    "[role=search], [hidden], [aria-hidden=true]"
)
_OF_THE_SITE = (
    "header:not(:has(h1)), footer, aside"  # where the page does not say what its article is
)
_ARTICLE = "main, [role=main], article"
_INLINE = re.compile(
    "a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strong|sub|"
    "sup|time|u|var|wbr"
)
_FACTS = {  # fact → where pages write it, the best first
    "publisher": ("meta[property='og:site_name']", "meta[name='publisher']"),
    "url": ("link[rel=canonical]", "meta[property='og:url']"),
    "last_updated": ("meta[property='article:modified_time']", "meta[name='last-modified']"),
}


def web_page(content: str) -> tuple[str, list[Piece]]:
    """
    >>> web_page("<nav>Home</nav><main><h1>Sleep</h1><ul><li>Rest</li></ul></main>")[0]
    'Sleep\\n\\nRest'
    """
    soup = BeautifulSoup(content, "lxml")
    _unfold(soup)
    for part in soup.select(_NEVER):
        part.decompose()
    roots = soup.select(_ARTICLE)
    if not roots:
        for part in soup.select(_OF_THE_SITE):
            part.decompose()
    root = max(roots, key=lambda one: len(one.get_text()), default=soup)
    for menu in _menus(root):
        menu.decompose()
    page = _Page()
    page.read(root)
    page.end_piece()
    return page.text, page.pieces


def _unfold(soup: BeautifulSoup) -> None:
    """What a button opens is text of the page, and the button its heading."""
    for button in soup.select("button[aria-controls], button[aria-expanded]"):
        heading = button.find_parent(re.compile("h[1-6]")) or button
        panel = soup.find(id=str(button.get("aria-controls", ""))) or heading.find_next_sibling()
        if not isinstance(panel, Tag) or not re.search(r"[.!?]\s*$", panel.get_text()):
            continue  # a menu
        for name in ("hidden", "aria-hidden"):
            del panel[name]
        if heading is button:
            button.name = "h3"
        else:
            button.unwrap()


def _menus(root: Tag) -> list[Tag]:
    """Lists of nothing but links, above the title."""
    menus: list[Tag] = []
    for tag in root.find_all(["ul", "ol", "h1"]):
        if tag.name == "h1":
            return menus
        if all(item.get_text(strip=True) == _linked(item) for item in tag.find_all("li")):
            menus.append(tag)
    return []  # without a title, nothing stands above it


def _linked(item: Tag) -> str:
    return "".join(link.get_text(strip=True) for link in item.find_all("a"))


def web_facts(content: str) -> dict[str, str]:
    """The facts of the front matter that the page's head states; others are left out."""
    soup = BeautifulSoup(content, "lxml")
    found = {}
    for name, places in _FACTS.items():
        for place in places:
            tag = soup.select_one(place)
            value = tag and (tag.get("content") or tag.get("href") or tag.get_text())
            if value and str(value).strip():
                found[name] = " ".join(str(value).split())
                break
    if "last_updated" in found:
        day = re.match(r"\d{4}-\d\d-\d\d", found.pop("last_updated"))
        found |= {"last_updated": day[0]} if day else {}
    return found


@dataclass
class _Page:
    """The text so far, and the words of the piece that is being read."""

    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    words: str = ""
    shape: Shape = Shape.PARAGRAPH
    level: int = 0

    def read(self, element: PageElement) -> None:
        if isinstance(element, PreformattedString):
            return  # a comment, a doctype
        if isinstance(element, NavigableString):
            self.words += str(element)
        elif isinstance(element, Tag):
            self.read_tag(element)

    def read_tag(self, tag: Tag) -> None:
        name = tag.name
        if name == "br":
            self.words += " "
        elif name == "sup" and tag.get_text(strip=True).isdecimal():
            self.words += f"[{tag.get_text(strip=True)}]"
        elif _INLINE.fullmatch(name):
            self.read_all(tag)
        elif name == "tr":
            cells = [
                " ".join(c.get_text(" ").split())
                for c in tag.find_all(["td", "th"], recursive=False)
            ]
            self.whole(" | ".join(cells), Shape.PARAGRAPH)
        elif re.fullmatch("h[1-6]", name):
            self.whole(tag.get_text(" ", strip=True), Shape.HEADING, int(name[1]))
        elif name in ("summary", "dt") and tag.get_text(strip=True).endswith("?"):
            self.whole(tag.get_text(" ", strip=True), Shape.HEADING, 3)
        else:
            self.end_piece()
            outer = self.shape
            self.shape = Shape.ITEM if name == "li" else outer
            self.read_all(tag)
            self.end_piece()
            self.shape = outer if name == "li" else self.shape

    def read_all(self, tag: Tag) -> None:
        for child in tag.children:
            self.read(child)

    def whole(self, words: str, shape: Shape, level: int = 0) -> None:
        self.end_piece()
        outer, self.words, self.shape, self.level = self.shape, words, shape, level
        self.end_piece()
        self.shape, self.level = outer, 0

    def end_piece(self) -> None:
        words = " ".join(self.words.split())
        self.words = ""
        if words:
            self.text += "\n\n" if self.text else ""
            start = len(self.text)
            self.text += words
            self.pieces.append(Piece(self.shape, start, len(self.text), self.level))
            if self.shape is Shape.ITEM:
                self.shape = Shape.ITEM_BODY
