"""What readers ask an article for as a whole: its key takeaways, its references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from qa_bot.answers import Quote
from qa_bot.articles.article import cited
from qa_bot.records import Article, Block, Kind

MOST_LISTED = 8  # of one article, at once

PAGE = r"(?:articles?|pages?|guides?|websites?|sites?|info|information|content|answers?|quotes?)"


def whole(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for questions that ask nothing else, whatever small words open them."""
    opening = "(?:(?:and|but|so|ok|also|please),? )*"
    return tuple(re.compile(rf"(?i){opening}{pattern}\W*") for pattern in patterns)


_SOURCES = (
    r"(?:sources?|references?(?: list)?|citations?|bibliograph(?:y|ies)|"
    r"(?:\w+ )?(?:journals?|stud(?:y|ies)|papers?|literature))"
)
_SUMMARY = (
    r"(?:summar(?:y|ies)|overview|gist|recap|short version|tl;? ?dr|main (?:point|idea|message))"
)
_POINTS = r"(?:key|main|most important|important) (?:take-?aways?|points?|messages?|facts?|ideas?)"
_OF = (
    rf"(?: (?:of|in|from|for|about) (?:.*\b{PAGE}|this|these|it|them|everything|\w+)(?: please)?)?"
)
_ASKING: dict[Kind, Sequence[re.Pattern[str]]] = {
    Kind.REFERENCE: whole(
        rf"(?:(?:what|which) (?:are|is) |what[’']s |list |show |give |see |name )?(?:(?:me|us|all|both|"
        rf"the|of|its|their|your|this|that|\w+[’']s) )*(?:\w+ {PAGE}(?:[’']s?)? )?{_SOURCES}"
        rf"(?: (?:for|of|in|behind|from|used|cited|that|does|do|are|is|was|were)\b.*)?",
        rf"(?:what|which) {_SOURCES} (?:do|does|did|is|are|was|were) .*"
        r"(?:cited?|cites|used?|rel(?:y|ies) on|based on)",
        rf"what (?:do|does|is|are) (?=.*\b{PAGE}\b|they|it|\w+ (?:cite|rest|rely)).*"
        r"(?:cited?|based|rests?|rel(?:y|ies))(?: on)?",
        r"where (?:do|does) \w+(?: \w+)? (?:get|take|have) (?:its|their|his|her|the) "
        r"(?:facts?|information|info|data|claims?|sources?|numbers?)(?: from)?",
    ),
    Kind.TAKEAWAY: whole(
        rf"(?:(?:can|could|would|will) you )?(?:please )?(?:summari[sz]e|sum up|recap) "
        rf"(?:.*\b{PAGE}|it|them|this|these|everything)(?:,? (?:for me|please))*",
        rf"(?:(?:what (?:are|is)|what[’']s|give me|show me|list|tell me) )?(?:(?:the|an?|its|their|"
        rf"your|quick|short|brief|whole) )*(?:{_SUMMARY}|{_POINTS}|takeaways?){_OF}",
        rf"what(?:[’']s| is| are) (?:(?:the|this|that|these|those|both|all) )*(?:(?:\w+ )?{PAGE}|this|"
        r"these|it)(?: all)? about",
        rf"what (?:do|does) (?:(?:the|this|these|those|both|all|your) )*(?:\w+ )?{PAGE} "
        r"(?:say|cover|discuss|(?:talk|tell (?:me|us)) about)",
    ),
}


def list_asked_for(question: str) -> Kind | None:
    """The kind of text that `question` asks articles for as a whole; None where it does not."""
    question = question.strip()
    return next(
        (kind for kind, ways in _ASKING.items() if any(one.fullmatch(question) for one in ways)),
        None,
    )


def listed(articles: Iterable[Article], kind: Kind) -> tuple[Quote, ...]:
    """The first blocks of `kind` of each article, up to MOST_LISTED, in their order."""
    return tuple(
        Quote(one, b.start, b.end, b.section, b.kind, cited(one, b.start, b.end), 1.0)
        for one in articles
        for b in islice(_blocks(one, kind), MOST_LISTED)
    )


def _blocks(article: Article, kind: Kind) -> Iterable[Block]:
    """An article without takeaways is told by how it begins; a note on its sources comes before them."""
    text, blocks = article.text, article.blocks
    found = [block for block in blocks if block.kind is kind]
    if kind is Kind.TAKEAWAY:
        return found or [block for block in blocks if block.kind is Kind.BODY][:1]
    notes = (b for b in blocks if b.kind is Kind.NOTE and "source" in text[b.start : b.end])
    return [*notes, *found]
