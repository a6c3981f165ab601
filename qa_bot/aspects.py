"""What a question asks for, beyond its subject: a cost, a dose, a year, a number of something.

Sentences near a question in meaning often lack just that. `unmet` says, in everyday words, which of
the asked matters the given sentences do not speak of.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qa_bot.words import words

FILE = Path(__file__).parent / "data" / "aspects.toml"

_NUMBER = re.compile(
    r"(?i)\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|several"
)
_HOW_MANY = re.compile(
    r"(?i)\b(?:how (?:many|mny)|(?:what|the) (?:number|percentage|percent|share|proportion) of)\s+"
    r"(?!times?\b)((?:[\w-]+\s*){1,3})"
)
_SHARE = re.compile(r"(?i)%|percent|\brates?\b|\bshare\b|proportion|\bmillions?\b")
_PERSON = frozenset({"people", "peopl", "patient", "person", "ppl", "adult", "folk"})
_NEARBY = 5  # words between a number and what it counts


@dataclass(frozen=True, slots=True)
class Aspect:
    """A matter that must be named to be answered."""

    name: str
    asks: re.Pattern[str]
    says: re.Pattern[str]


def unmet(question: str, sentences: Sequence[str]) -> tuple[str, ...]:
    """Names of the matters that `question` asks for and no one of `sentences` speaks of.

    >>> unmet("How much does TMS cost?", ["TMS is given in several sessions."])
    ('cost',)
    """
    missing = [
        aspect.name
        for aspect in aspects()
        if aspect.asks.search(question)
        and not any(aspect.says.search(sentence) for sentence in sentences)
    ]
    counted = _HOW_MANY.search(question)
    if counted and not any(_counts(sentence, counted[1]) for sentence in sentences):
        missing.append(f"how many {counted[1].strip()}" if "many" in counted[0] else "a figure")
    return tuple(missing)


@lru_cache(maxsize=1)
def aspects() -> tuple[Aspect, ...]:
    """All aspects of the data file, in its order."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["aspect"]
    return tuple(
        Aspect(
            entry["name"],
            re.compile(rf"(?i)(?<!\w)(?:{entry['asks']})(?!\w)"),
            re.compile(rf"(?i)(?<!\w)(?:{entry['says']})(?!\w)"),
        )
        for entry in entries
    )


def _counts(sentence: str, what: str) -> bool:
    """Whether a number stands near what it should count; people may come as a share of them."""
    phrase = [word for word in words(what) if word.is_content or word.text.casefold() in _PERSON]
    # "failed antidepressants", "ECT sessions": the plural is what is counted.
    plurals = [word for word in phrase if word.text.casefold().endswith("s")][:1] or phrase
    if not plurals:
        return True
    wanted = {word.stem for word in plurals}
    if wanted & _PERSON:
        return bool(_SHARE.search(sentence))
    tokens = words(sentence)
    numbers = [i for i, word in enumerate(tokens) if _NUMBER.fullmatch(word.text)]
    return any(
        tokens[j].stem in wanted
        for i in numbers
        for j in range(max(0, i - _NEARBY), min(len(tokens), i + _NEARBY + 1))
    )
