"""What an HTML page says about itself: in its head, in scripts for search engines, and in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qa_bot.articles.bylines import reviewer_in
from qa_bot.articles.web_page import parsed, words_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_FACTS = {  # fact → where pages write it, the best first
    "publisher": (
        "//meta[@property='og:site_name']/@content",
        "//meta[@name='publisher' or @name='DC.publisher']/@content",
    ),
    "url": ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content"),
    "last_updated": (
        "//meta[@property='article:modified_time']/@content",
        "//meta[@name='last-modified' or @name='DC.date.modified']/@content",
    ),
}
_STATED = {"publisher": "publisher", "reviewed_by": "reviewedBy", "last_updated": "dateModified"}


def web_facts(content: str) -> dict[str, str]:
    """The facts of the front matter that the page states; others are left out."""
    tree = parsed(content)
    if tree is None:
        return {}
    stated = list(_stated(tree))
    found: dict[str, str] = {}
    for name in ("publisher", "url", "reviewed_by", "last_updated"):
        values = [value for place in _FACTS.get(name, ()) for value in tree.xpath(place)]
        values += [one.get(_STATED.get(name, "")) or "" for one in stated]
        values += [_reviewer(tree)] if name == "reviewed_by" else []
        texts = [" ".join(_name(value).split()) for value in values]
        if stating := [text for text in texts if text]:
            found[name] = stating[0]
    if "last_updated" in found:
        day = re.match(r"\d{4}-\d\d-\d\d", found.pop("last_updated"))
        found |= {"last_updated": day[0]} if day else {}
    return found


def _stated(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """What scripts of the page say about it, in the words of schema.org."""
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            said = json.loads(script)
        except ValueError:
            continue
        for one in said if isinstance(said, list) else [said]:
            if isinstance(one, dict):
                graph = one.get("@graph")
                parts = graph if isinstance(graph, list) else []
                yield from (part for part in (one, *parts) if isinstance(part, dict))


def _name(value: Any) -> str:
    """The text that stands for a value of schema.org: of a person or an organization, the name."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value.get("name", "")) if isinstance(value, dict) else str(value)


def _reviewer(tree: HtmlElement) -> str:
    """Who reviewed the page, as it says itself; "" where it does not."""
    for said in tree.xpath("//body//*[not(self::script)]/text()[contains(., 'eviewed b')]"):
        label = said.getparent()
        for tag in (label, label.getparent()):  # the name may stand beside the label
            if name := reviewer_in(words_of(tag)):
                return name
    return ""
