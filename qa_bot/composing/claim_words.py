"""The words by which `claims` and `claim_rules` read a text: numbers, units, bounds, and a data file.

The longer lists are data (`claim_words.toml`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_bot.words import stem

CLAIM_WORDS_FILE = Path(__file__).with_name("claim_words.toml")

_NUMBERS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty"""

NUMBER_WORDS = {word: str(value) for value, word in enumerate(_NUMBERS.split())} | {
    "half": "0.5", "twice": "2", "double": "2", "triple": "3", "third": "3", "thirty": "30",
    "forty": "40", "fifty": "50", "sixty": "60", "hundred": "100", "thousand": "1000",
    "hundreds": "100", "thousands": "1000", "million": "1000000", "millions": "1000000",
    "billion": "1000000000", "billions": "1000000000", "dozen": "12", "second": "2",
    "single": "1",
}  # fmt: skip

UNITS = {
    "%": "%", "percent": "%", "day": "day", "week": "week", "month": "month", "year": "year",
    "hour": "hour", "minute": "minute", "second": "second", "mg": "mg", "mcg": "mcg",
    "milligram": "mg", "session": "session", "time": "time", "trial": "trial",
    "antidepress": "antidepressant", "medic": "medication", "patient": "people", "peopl": "people",
    "dose": "dose", "articl": "article",
}  # fmt: skip

BOUNDS = {
    "at least": "≥", "minimum of": "≥", "or more": "≥", "no fewer than": "≥", "at minimum": "≥",
    "more than": ">", "over": ">", "above": ">", "exceeding": ">",
    "less than": "<", "under": "<", "below": "<", "fewer than": "<", "up to": "≤", "at most": "≤",
    "no more than": "≤", "maximum of": "≤",
    "about": "≈", "approximately": "≈", "around": "≈", "roughly": "≈", "nearly": "≈", "almost": "≈",
    "some": "≈", "exactly": "=", "precisely": "=", "just": "=", "only": "=", "an estimated": "≈",
}  # fmt: skip

PUNCTUATION = frozenset(".,;:!?()–—")
PEOPLE = frozenset(["people", "patients", "adults", "those", "everyone", "individuals"])

_YES_OR_NO = re.compile(r"(?i)^(yes|no)[,:] (?=\w)")
_OPENING = re.compile(
    r"(?i)^(yes|no|also|likewise|similarly|however|overall|(by|in) contrast|in addition|in short), "
    r"(?=\w)"
)

TOLD_BY = frozenset(["with", "who", "whose", "whom", "labeled", "in", "across", "of", "not"])
_COUNTING = frozenset(
    word for phrase in (*BOUNDS, *UNITS, *NUMBER_WORDS) for word in phrase.split()
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The data file, by stem."""

    negations: frozenset[str]
    contrasts: tuple[tuple[str, ...], ...]
    clause_ends: frozenset[str]
    verbs: frozenset[str]
    marked: Mapping[str, tuple[str, ...]]  # word → names of groups
    kept: frozenset[str]  # names of groups
    held_by: Mapping[str, str]  # name of a group → of one that claims the same and more
    able: frozenset[str]
    compared: frozenset[str]  # words that rules compare, so that meaning need not
    narrowing: frozenset[str]
    opposites: tuple[tuple[frozenset[str], frozenset[str]], ...]
    same: Mapping[str, frozenset[str]]  # stem → stems that may stand for it
    causes: Mapping[str, int]  # word → 1 if what follows it comes of what precedes it, else -1
    aliases: Mapping[str, str]  # long form, in lower case → the name it is read as


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules that come with the product."""
    data: dict[str, Any] = tomllib.loads(CLAIM_WORDS_FILE.read_text(encoding="utf-8"))
    marked: dict[str, tuple[str, ...]] = {}
    for group in data["marked"]:
        for word in group["words"]:
            marked[word] = (*marked.get(word, ()), group["name"])
    links = {word for phrase in data["contrasts"] for word in phrase.split()}
    same: dict[str, frozenset[str]] = {}
    for line in data["same"]["groups"]:
        members = frozenset(map(stem, line.split()))
        for member in members:
            same[member] = same.get(member, frozenset()) | members
    return Rules(
        negations=frozenset(data["negations"]),
        contrasts=tuple(tuple(phrase.split()) for phrase in data["contrasts"]),
        clause_ends=frozenset(data["clause_ends"]),
        verbs=frozenset(data["verbs"]),
        marked=marked,
        compared=frozenset(
            {*marked, *links, *data["negations"], *_COUNTING, *data["light"]["words"]}
        ),
        kept=frozenset(group["name"] for group in data["marked"] if group.get("keep")),
        held_by=data["held_by"],
        able=frozenset(data["able"]["words"]),
        narrowing=frozenset(
            stem(part) for word in data["narrowing"]["words"] for part in word.split("-")
        ),
        opposites=tuple(
            (frozenset(map(stem, one.split())), frozenset(map(stem, other.split())))
            for one, other in data["opposites"]["pairs"]
        ),
        same=same,
        causes=dict.fromkeys(data["causes"]["forward"], 1)
        | dict.fromkeys(data["causes"]["backward"], -1),
        aliases=data["aliases"],
    )


def without_yes_or_no(text: str) -> str:
    """A statement without what only the question could tell to be right."""
    return _without(_YES_OR_NO, text)


def without_opening(text: str) -> str:
    """A statement without what only joins it to another."""
    return _without(_OPENING, text)


def _without(opening: re.Pattern[str], text: str) -> str:
    rest = opening.sub("", text)
    return rest[:1].upper() + rest[1:]


def without_asides(text: str) -> str:
    """`text` without what stands in parentheses."""
    return re.sub(r"\([^()]*\)", "", text)


def name_stem(word: str) -> str:
    """The stem of a word as written; an abbreviation also loses its plural ("SSRIs"). "" for marks."""
    if word in PUNCTUATION:
        return ""
    if word.endswith("s") and word[:-1].isupper():
        return word[:-1].casefold()
    return (
        word.casefold() if word.casefold() == "medical" else stem(word)
    )  # "medication" is another
