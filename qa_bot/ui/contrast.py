"""Quotes → by article, numbered as shown; and where articles differ, as far as figures and review tell.

A figure is a number with its unit, in digits or in words: "6 to 8 weeks", "half", "two". What the
sentences mean is left to the reader, who has them side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_bot.answers import Quote, Statement
from qa_bot.records import Article, Kind, ReviewStatus

_WORDS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_VALUES = {word: str(value) for value, word in enumerate(_WORDS, start=2)} | {
    "half": "1/2",
    "two-thirds": "2/3",
}
_NUMBER = "|".join([r"\d[\d.,]*\d", r"\d", *sorted(_VALUES, reverse=True)])
_UNIT = r"%|(?:percent|mg|mcg|hour|day|week|month|year|session|time)s?\b"
# Not the 2 of "[2]", "T2", "2-D" or "STAR*D2".
_FIGURE = re.compile(
    rf"(?<![\w\[*-])(?:{_NUMBER})(?:(?: ?[–-] ?| to | or )(?:{_NUMBER}))?(?![\w\](]|-(?-i:[A-Z]))"
    rf"(?:[ -]?(?:{_UNIT}))?",
    re.IGNORECASE,
)
# A story's and an advertisement's figures are not set against anybody's.
_NOT_COMPARED = frozenset({Kind.TESTIMONIAL, Kind.PROMOTION, Kind.REFERENCE})

SPEAKS = 0.05  # of the best quote's score, from which an article is said to speak to the question

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NumberedQuote:
    """A quote as shown: `number` counts from 1 through the whole answer.

    `figures`: where in its text figures stand that only its article gives.
    """

    number: int
    quote: Quote
    figures: tuple[Span, ...] = ()


def all_speak(groups: Sequence[tuple[Article, list[NumberedQuote]]]) -> bool:
    """Whether each article has a quote about as good as the best, and not just its nearest sentence."""
    best = max(one.quote.score for _, members in groups for one in members)
    return all(max(one.quote.score for one in members) >= SPEAKS * best for _, members in groups)


def grouped(quotes: Sequence[Quote]) -> list[tuple[Article, list[NumberedQuote]]]:
    """Quotes by article, the article of the best quote first, numbered in the order shown."""
    articles: dict[str, tuple[Article, list[Quote]]] = {}
    for quote in quotes:
        articles.setdefault(quote.article.id, (quote.article, []))[1].append(quote)
    own = own_figures([members for _, members in articles.values()])
    number = 0
    groups = []
    for (article, members), figures in zip(articles.values(), own, strict=True):
        numbered = [
            NumberedQuote(number := number + 1, *one) for one in zip(members, figures, strict=True)
        ]
        groups.append((article, numbered))
    return groups


def is_list_item(quote: Quote, before: Quote) -> bool:
    """Whether a quote goes on with the list of takeaways or references that `before` stands in."""
    same = (quote.role, quote.section, quote.article.id) == (
        before.role,
        before.section,
        before.article.id,
    )
    return same and quote.role in (Kind.TAKEAWAY, Kind.REFERENCE) and quote.start > before.start


def shown_numbers(quotes: Sequence[Quote], statement: Statement) -> list[int]:
    """The numbers that the quotes of a statement have on the page, where they stand by article."""
    numbers = {id(n.quote): n.number for _, members in grouped(quotes) for n in members}
    return sorted(numbers[id(quotes[number - 1])] for number in statement.quotes)


def own_figures(groups: Sequence[Sequence[Quote]]) -> list[list[tuple[Span, ...]]]:
    """For each quote of each group, where figures stand that no quote of another group gives.

    Spans are offsets into the quote's text, in order. Nothing is own where there is but one group.
    """
    given = [{key for quote in group for _, key in _figures(quote)} for group in groups]
    found = []
    for number, group in enumerate(groups):
        others = set().union(*given[:number], *given[number + 1 :])
        own = [
            tuple(span for span, key in _figures(quote) if len(groups) > 1 and key not in others)
            for quote in group
        ]
        found.append(own)
    return found


def reviewed_only(articles: Sequence[Article]) -> list[Article]:
    """The reviewed ones, where there are both reviewed and other ones among them; else none."""
    reviewed = [one for one in articles if one.review_status is ReviewStatus.REVIEWED]
    return reviewed if len(reviewed) < len(articles) else []


def cut(text: str, spans: Sequence[Span]) -> list[tuple[str, bool]]:
    """
    >>> cut("in 2 weeks.", [(3, 10)])
    [('in ', False), ('2 weeks', True), ('.', False)]
    """
    pieces, done = [], 0
    for start, end in spans:
        pieces += [(text[done:start], False), (text[start:end], True)]
        done = end
    pieces.append((text[done:], False))
    return [(piece, marked) for piece, marked in pieces if piece]


def _figures(quote: Quote) -> Iterator[tuple[Span, str]]:
    """Each figure's place, and the same word for the same figure however it is written."""
    if quote.role in _NOT_COMPARED:
        return
    for match in _FIGURE.finditer(quote.text):
        said = match[0].lower()
        unit = re.search(f"(?:{_UNIT})$", said)
        kind = unit[0].replace("percent", "%").rstrip("s") if unit else ""
        numbers = re.findall(_NUMBER, said)
        yield match.span(), " ".join([*(_VALUES.get(n, n) for n in numbers), kind])
