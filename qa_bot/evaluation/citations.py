"""Whether a quote is what it claims to be: the article's own whole sentences, and a place that opens.

The check trusts nothing that an answer carries: it compares with the articles as published.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from urllib.parse import parse_qs, urlsplit

from qa_bot.answers import Answer, Quote
from qa_bot.articles.article import markers
from qa_bot.articles.passages import sentences
from qa_bot.records import Article, Sentence
from qa_bot.ui.reading_page import reading_blocks
from qa_bot.ui.rendering import article_link, quote_link


class PublishedArticles:
    """The articles that readers can open, and where their sentences begin and end."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._articles = {article.id: article for article in articles}

    def misquotes(self, answer: Answer) -> tuple[str, ...]:
        """One sentence for each quote that is not, letter by letter, whole sentences of its article."""
        found = (self._misquoted(quote) for quote in answer.quotes)
        return tuple(sentence for sentence in found if sentence)

    def broken_citations(self, answer: Answer) -> tuple[str, ...]:
        """One sentence for each quote whose place does not open, or whose sources do not resolve."""
        return tuple(sentence for quote in answer.quotes for sentence in self._broken(quote))

    def _misquoted(self, quote: Quote) -> str:
        article = self._articles.get(quote.article.id)
        if article is None:
            return f"{_said(quote)} is from “{quote.article.id}”, which is not published."
        if not 0 <= quote.start < quote.end <= len(article.text):
            return f"{_said(quote)} names a place that is not in {article.id}."
        if article.text[quote.start : quote.end] != quote.text:
            return f"{_said(quote)} is not what {article.id} says there."
        of_article = self._sentences[article.id]
        starts = {sentence.start for sentence in of_article}
        ends = {sentence.end for sentence in of_article}
        if quote.start not in starts or quote.end not in ends:
            return f"{_said(quote)} is cut out of a sentence."
        return ""

    def _broken(self, quote: Quote) -> Iterable[str]:
        link = urlsplit(quote_link(quote))
        place = {name: values[0] for name, values in parse_qs(link.query).items()}
        article = next((a for a in self._articles.values() if article_link(a) == link.path), None)
        if article is None or not article.version.startswith(place["version"]):
            yield f"{_said(quote)}: {link.path} does not open, or has changed."
            return
        blocks = reading_blocks(article, int(place["start"]), int(place["end"]))
        marked = " ".join(
            text for block in blocks for text, is_marked, _ in block.pieces if is_marked
        )
        if not marked or marked.split() != quote.text.split():
            yield f"{_said(quote)}: its page marks “{marked}”."
        above = {s.section for s in self._sentences[article.id] if s.start == quote.start}
        if quote.section not in above:
            yield f"{_said(quote)} does not stand under “{' › '.join(quote.section)}”."
        listed = {reference.number: str(reference) for reference in article.references}
        cited = markers(quote.text)
        for number in cited:
            if number not in listed:
                yield f"{_said(quote)} cites [{number}], which {article.id} does not list."
        if set(quote.references) != {listed[number] for number in cited if number in listed}:
            yield f"{_said(quote)} does not come with the sources that it cites."

    @cached_property
    def _sentences(self) -> dict[str, tuple[Sentence, ...]]:
        return {article.id: sentences(article) for article in self._articles.values()}


def _said(quote: Quote) -> str:
    words = quote.text.split()
    return f"“{' '.join(words[:12])}{' …' if len(words) > 12 else ''}”"
