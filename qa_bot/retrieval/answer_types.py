"""What kind of thing a question expects (a number, a date, a name), and what a sentence holds of it.

A sentence on the very subject of "who" that names nobody is no answer. Types as in Li and Roth
(Learning Question Classifiers, 2002), the few that can be told by their form.
"""

from __future__ import annotations

import re
from enum import StrEnum

from qa_bot.words import NUMERALS, words


class AnswerType(StrEnum):
    """A kind of thing that a question may expect."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"


_EXPECTS = {
    AnswerType.NUMBER: re.compile(
        r"(?i)\bhow (many|much|old|far|tall|high|long|fast|big|large|heavy|wide|deep|often)\b|"
        r"\b(what|which) (\w+ )?(percentage|percent|share|proportion|number|age|temperature|speed|"
        r"height|length|weight|size|distance|area)\b"
    ),
    AnswerType.DATE: re.compile(
        r"(?i)\bwhen (was|were|did|had)\b|\b(what|which) (\w+ )?(year|date|day|month|century|decade)\b"
    ),
    AnswerType.NAME: re.compile(
        r"(?i)\b(who|whom|whose|named?|called)\b|\bwhere (was|were|did)\b|\b(in|from|to|by) which\b|"
        r"\b(what|which) (country|city|town|river|island|lake|sea|state|company|firm|university|"
        r"school|king|queen|president|battle|treaty|language|person|man|woman|writer|author|engineer|"
        r"architect)\b"
    ),
}
_NUMBER = re.compile(rf"(?i)\d|\b({NUMERALS}|\w+teen|third|quarter|twice|once|daily|weekly)\b")
_DATE = re.compile(
    r"\b\d{3,4}s?\b|\b(January|February|March|April|June|July|August|September|October|November|"
    r"December)\b|\bMay \d|\b(century|centuries|years? (ago|later|earlier))\b"
)


def expected(question: str) -> frozenset[AnswerType]:
    """What `question` expects; nothing where its form does not tell."""
    return frozenset(kind for kind, asks in _EXPECTS.items() if asks.search(question))


def held(sentence: str) -> frozenset[AnswerType]:
    """Which of a number and a date `sentence` holds; for names see `names`."""
    found = ((AnswerType.NUMBER, _NUMBER), (AnswerType.DATE, _DATE))
    return frozenset(kind for kind, pattern in found if pattern.search(sentence))


def names(sentence: str) -> frozenset[str]:
    """Stems of the words with a capital inside `sentence`."""
    return frozenset(
        word.stem for word in words(sentence)[1:] if word.text[0].isupper() and word.is_content
    )
