"""Questions about the articles themselves: who publishes, wrote or reviewed them, how old they are, what
they rest on. Their own details answer, whether or not a sentence of them says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from qa_bot.answering.listing import PAGE, list_asked_for, whole
from qa_bot.records import Article, Kind
from qa_bot.words import content_stems

# What an article says of itself.
KINDS = frozenset({Kind.BYLINE, Kind.NOTE, Kind.REFERENCE, Kind.DISCLAIMER})
MOST = 4  # articles whose details are shown at once
LONGEST_ASKED = 200  # characters of a question that asks for nothing else

_THIS = rf"(?:this|these|that|it|they|.*\b{PAGE}(?: (?:on|about) .*)?)"
_DONE = r"(?:reviewed|checked|updated|verified|published|publishes|written|wrote|writes)"
_SOUND = r"(?:legit|legitimate|reliable|trustworthy|accurate)"
_CURRENT = r"(?:up[- ]to[- ]date|out[- ]of[- ]date|outdated|current|recent|old|fresh)"
# Stems that name no article.
_UNNAMING = frozenset(
    content_stems(
        "accurate AI answer article author based best better bibliography both brief checked "
        "citation cite cited cites claim clinical clinically clinician content cover covers "
        "current data date doctor doctors dr expert experts fact facts fresh gist guide human "
        "idea important info journal key last latest legit legitimate list literature main "
        "medical medically message messages more most newer newest old older oldest outdated "
        "overview page paper point points posted professional psychiatrist published publisher "
        "publishes quick quote recap recent recently reference reliable rely research reviewed "
        "reviewer short show site source study sum summarise summarize summary takeaway takeaways "
        "tl tldr topic trust trustworthy two updated used verified version website whole write "
        "writes written wrote"
    )
)


_ASKS = whole(
    rf"(?:who|which \w+) (?:\w+ )?{_DONE} {_THIS}",
    rf"(?:has|have|did) .*{_DONE} {_THIS}(?: yet)?",
    rf"(?:when|how long ago|how recently|is|are|was|were|has|have|did) (?:\w+ )?{_THIS}"
    rf"(?: been| last| ever| still| really| \w+ly)* {_DONE}(?: yet| by .*)?",
    rf"how {_CURRENT} (?:is|are) .*\b{PAGE}\b.*",
    rf"(?:is|are) {_THIS} {_CURRENT}",
    rf"where (?:does|do|did|is|are) (?!i |we )(?=.*\b{PAGE}\b).* (?:from|get)\b.*",
    rf"who (?:is behind|made|makes|runs|owns) \w+ {PAGE}",
    rf"(?:is|are) (?:this|these|\w+ {PAGE}) {_SOUND}",
    rf"can i (?:trust|rely on) (?:this|these|\w+ {PAGE})",
    rf"which (?:(?:one )?of )?(?:the |these |those |both |two )*{PAGE} (?:is|are|was|were) "
    rf"(?:the )?(?:more |most )?(?:newer|newest|older|oldest|better|best|{_SOUND}|{_DONE}|{_CURRENT})",
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
    if not list_asked_for(question) and not any(one.fullmatch(question) for one in _ASKS):
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
