"""Questions about the articles themselves: who publishes, wrote or reviewed them, how old they are, what
they rest on. Their own details answer, whether or not a sentence of them says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import islice

from qa_bot.answers import Quote
from qa_bot.articles.article import cited
from qa_bot.records import Article, Kind
from qa_bot.words import content_stems

# What an article says of itself.
KINDS = frozenset({Kind.BYLINE, Kind.NOTE, Kind.REFERENCE, Kind.DISCLAIMER})
MOST = 4  # articles whose details are shown at once
MOST_SOURCES = 8  # of one article, listed at once
LONGEST_ASKED = 200  # characters of a question that asks for nothing else

_PAGE = r"(?:articles?|pages?|guides?|websites?|sites?|info|information|content|answers?|quotes?)"
_THIS = rf"(?:this|these|that|it|they|.*\b{_PAGE}(?: (?:on|about) .*)?)"
_DONE = r"(?:reviewed|checked|updated|verified|published|publishes|written|wrote|writes)"
_CURRENT = r"(?:up[- ]to[- ]date|out[- ]of[- ]date|outdated|current|recent|old|fresh)"
# Stems that name no article.
_UNNAMING = frozenset(
    content_stems(
        "accurate AI answer article author based bibliography both checked citation cite cited cites "
        "claim clinical clinically clinician content current data date doctor doctors expert experts "
        "fact fresh guide human info journal last latest legit legitimate list literature medical "
        "medically old outdated page paper posted professional psychiatrist published publisher "
        "publishes quote recent recently reference reliable rely research reviewed reviewer show site "
        "source study trust trustworthy two updated used verified website write writes written wrote"
    )
)


def _whole(*patterns: str) -> tuple[re.Pattern[str], ...]:
    opening = "(?:(?:and|but|so|ok|also|please),? )*"
    return tuple(re.compile(rf"(?i){opening}{pattern}\W*") for pattern in patterns)


_LIST = (
    r"(?:sources?|references?(?: list)?|citations?|bibliograph(?:y|ies)|"
    r"(?:\w+ )?(?:journals?|stud(?:y|ies)|papers?|literature))"
)
_ASKS_FOR_SOURCES = _whole(
    rf"(?:(?:what|which) (?:are|is) |what[’']s |list |show |give |see |name )?(?:(?:me|us|all|both|the|"
    rf"of|its|their|your|this|that|\w+[’']s) )*(?:\w+ {_PAGE}(?:[’']s?)? )?{_LIST}"
    rf"(?: (?:for|of|in|behind|from|used|cited|that|does|do|are|is|was|were)\b.*)?",
    rf"(?:what|which) {_LIST} (?:do|does|did|is|are|was|were) .*"
    r"(?:cited?|cites|used?|rel(?:y|ies) on|based on)",
    rf"what (?:do|does|is|are) (?=.*\b{_PAGE}\b|they|it|\w+ (?:cite|rest|rely)).*"
    r"(?:cited?|based|rests?|rel(?:y|ies))(?: on)?",
    r"where (?:do|does) \w+(?: \w+)? (?:get|take|have) (?:its|their|his|her|the) "
    r"(?:facts?|information|info|data|claims?|sources?|numbers?)(?: from)?",
)
_ASKS = _whole(
    rf"(?:who|which \w+) (?:\w+ )?{_DONE} {_THIS}",
    rf"(?:has|have|did) .*{_DONE} {_THIS}(?: yet)?",
    rf"(?:when|how long ago|how recently|is|are|was|were|has|have|did) (?:\w+ )?{_THIS}"
    rf"(?: been| last| ever| still| really| \w+ly)* {_DONE}(?: yet| by .*)?",
    rf"how {_CURRENT} (?:is|are) .*\b{_PAGE}\b.*",
    rf"(?:is|are) {_THIS} {_CURRENT}",
    rf"where (?:does|do|did|is|are) (?!i |we )(?=.*\b{_PAGE}\b).* (?:from|get)\b.*",
    rf"who (?:is behind|made|makes|runs|owns) \w+ {_PAGE}",
    rf"(?:is|are) (?:this|these|\w+ {_PAGE}) (?:legit|legitimate|reliable|trustworthy|accurate)",
    rf"can i (?:trust|rely on) (?:this|these|\w+ {_PAGE})",
)
_OTHER = re.compile(
    r"(?i)(?:(?:and|but|so|ok|also|please|(?:what|how) about|for|in|on),? )*"
    r"the other (?:ones?|two|articles?|pages?|sites?|websites?|sources?|publishers?)\W*"
)


def asked_about(
    question: str, stems: Iterable[str], articles: Collection[Article], carried: Iterable[str] = ()
) -> tuple[Article, ...]:
    """The articles whose own details `question` asks for; () where it asks for something else.

    Those that its words, by their `stems`, name by publisher or title, up to MOST, else those that are
    named by the words `carried` from earlier messages, also by their stems; all, where none is named; ()
    where it names something else. "And the other one?" asks for those whose publisher is not carried.
    """
    question, before = question.strip(), set(carried)
    if before and _OTHER.fullmatch(question):
        others = [one for one in articles if not before <= set(content_stems(one.publisher))]
        return tuple(others)[:MOST] if len(others) < len(articles) else ()
    if len(question) > LONGEST_ASKED:
        return ()
    if not asks_for_sources(question) and not any(one.fullmatch(question) for one in _ASKS):
        return ()
    names = {one.id: frozenset(content_stems(f"{one.publisher} {one.title}")) for one in articles}
    every: frozenset[str] = frozenset().union(*names.values())
    common = every.intersection(*names.values())
    asked = set(stems) - _UNNAMING
    if asked and not asked & every:
        return ()
    asked = asked or before & every  # "and its sources?"
    shared = {id_: len((asked - common) & own) for id_, own in names.items()}
    most = max(shared.values(), default=0)
    return tuple(one for one in articles if shared[one.id] == most)[:MOST]


def asks_for_sources(question: str) -> bool:
    """Whether `question` asks what an article, or all of them, cite."""
    return any(pattern.fullmatch(question.strip()) for pattern in _ASKS_FOR_SOURCES)


def sources(articles: Collection[Article]) -> tuple[Quote, ...]:
    """What each article says of its sources, and the first entries of its list of them, up to
    MOST_SOURCES, in their order."""
    return tuple(
        Quote(one, b.start, b.end, b.section, b.kind, cited(one, b.start, b.end), 1.0)
        for one in articles
        for b in (
            *(
                b
                for b in one.blocks
                if b.kind is Kind.NOTE and "source" in one.text[b.start : b.end]
            ),
            *islice((b for b in one.blocks if b.kind is Kind.REFERENCE), MOST_SOURCES),
        )
    )
