"""What a question asks for, beyond its subject: a cost, a dose, a year, a number of something.

Sentences near a question in meaning often lack just that. `unmet` says, in everyday words, which of
the asked matters the given sentences do not speak of; `uncounted`, what they give no number of.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qa_bot.words import NUMERALS, Word, words

ASPECTS_FILE = Path(__file__).with_name("aspects.toml")

DECISION = "a decision of one's own"  # the aspect of what only reader and clinician can decide

_SLOT = re.compile(r"\{([a-z_]+)\}")  # not a repetition, {0,40}
_NUMBER = re.compile(rf"(?i)\b(?:\d[\d.,]*|{NUMERALS}|single|within)\b")
_HOW_MANY = re.compile(
    r"(?i)\b(?:how (?:many|mny)|(?:what|the) (?:number|percentage|percent|share|proportion) of)\s+"
    r"(?!times?\b)((?:[\w-]+\s*){1,6})"
)
_SHARE = re.compile(
    r"(?i)%|per ?cent|\brates?\b|\bshare\b|proportion|\bmillions?\b|"
    r"\b(?:half|majority|one in|\w+ out of|(?:a|two|three|four) (?:thirds?|quarters?|fifths?|tenths?))\b"
)
_PERSON = frozenset({"people", "peopl", "patient", "person", "ppl", "adult", "folk"})
_DRUG = frozenset({"medicin", "medic", "drug", "antidepress", "pill", "trial", "treatment", "ssri"})
_UNIT = frozenset({"mg", "mcg", "milligram"})
_NEARBY = 5  # words between a number and what it counts


@dataclass(frozen=True, slots=True)
class Aspect:
    """A matter that is answered in some words as a rule; with hardly an exception, if `required`; with
    none, if `certain`. `says`: None where nothing can answer it. `reply`: what is said where no sentence
    answers it, of a matter that is none of any article; "" where it is a matter for articles."""

    name: str
    asks: re.Pattern[str]
    says: re.Pattern[str] | None
    required: bool
    certain: bool
    reply: str


def unmet(asked: frozenset[str], sentences: Sequence[str]) -> tuple[str, ...]:
    """Names of those of the matters `asked` for that an answer has to speak of, and no one of
    `sentences` does.

    >>> unmet(wanted("How much does TMS cost?"), ["TMS is given in several sessions."])
    ('cost',)
    """
    return tuple(
        aspect.name
        for aspect in aspects()
        if aspect.required
        and aspect.name in asked
        and not any(aspect.says and aspect.says.search(sentence) for sentence in sentences)
    )


def ruled_out(asked: frozenset[str], sentences: Sequence[str]) -> bool:
    """Whether `sentences` cannot answer, however near: a `certain` matter `asked` for is not in them."""
    return bool(unmet(asked & {one.name for one in aspects() if one.certain}, sentences))


def reply_to(missing: Collection[str]) -> str:
    """What is said where these are the matters that no sentence speaks of; "" where the articles could.

    >>> reply_to(["cost"])
    ''
    """
    return next((one.reply for one in aspects() if one.reply and one.name in missing), "")


def uncounted(question: str, sentences: Sequence[str]) -> str | None:
    """What `question` asks the number of, where no one of `sentences` gives one; None otherwise.

    >>> uncounted("How many sessions are there?", ["Sessions are held daily."])
    'how many sessions'
    """
    counted = _HOW_MANY.search(question)
    what = _counted(counted[1]) if counted else ()
    if not counted or any(_counts(sentence, what) for sentence in sentences):
        return None
    return f"how many {what[-1].text}" if what else "a figure"


def wanted(question: str) -> frozenset[str]:
    """Names of the matters that `question` asks for; what answers it speaks of them, as a rule."""
    return frozenset(aspect.name for aspect in aspects() if aspect.asks.search(question))


@lru_cache(maxsize=20_000)
def spoken_of(sentence: str) -> frozenset[str]:
    """Names of all matters that a sentence of an article speaks of."""
    return frozenset(
        aspect.name for aspect in aspects() if aspect.says and aspect.says.search(sentence)
    )


def _counted(after: str) -> tuple[Word, ...]:
    """What is counted: the first words after "how many", up to their plural ("ECT sessions")."""
    phrase: list[Word] = []
    for word in words(after):
        folded = word.text.casefold()
        if not word.is_content and folded not in _PERSON:
            break
        phrase.append(word)
        # "tms" is no plural.
        if len(folded) > 3 and folded.endswith("s") and not folded.endswith("ss"):
            break
    return tuple(phrase)


@lru_cache(maxsize=1)
def aspects() -> tuple[Aspect, ...]:
    """All aspects of the data file, in its order."""
    data = tomllib.loads(ASPECTS_FILE.read_text(encoding="utf-8"))
    slots = data["slots"]
    return tuple(
        Aspect(
            entry["name"],
            _whole_words(entry["asks"], slots),
            _whole_words(entry["says"], slots) if "says" in entry else None,
            entry.get("required", True),
            entry.get("certain", False),
            entry.get("reply", ""),
        )
        for entry in data["aspect"]
    )


def _whole_words(rows: str, slots: Mapping[str, str]) -> re.Pattern[str]:
    """Any of the rows, as whole words."""
    return re.compile(rf"(?i)(?<!\w)(?:{_any_of(rows, slots)})(?!\w)")


def _any_of(rows: str, slots: Mapping[str, str]) -> str:
    pattern = "|".join(row for row in rows.splitlines() if row)
    return _SLOT.sub(lambda slot: f"(?:{_any_of(slots[slot[1]], slots)})", pattern)


def _counts(sentence: str, what: tuple[Word, ...]) -> bool:
    """Whether a number stands near what it should count; people may come as a share of them."""
    wanted = {word.stem for word in what[-1:]}
    if wanted & _UNIT:
        return True  # an aspect of its own
    if not wanted or wanted & _PERSON or not what[-1].text.casefold().endswith("s"):
        return bool(_SHARE.search(sentence))
    if wanted & _DRUG:
        wanted = set(_DRUG)
    tokens = words(sentence)
    numbers = [i for i, word in enumerate(tokens) if _NUMBER.fullmatch(word.text)]
    return any(
        tokens[j].stem in wanted
        for i in numbers
        for j in range(max(0, i - _NEARBY), min(len(tokens), i + _NEARBY + 1))
    )
