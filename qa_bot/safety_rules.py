"""The rules as data → compiled patterns: what a line of data/safety_rules.toml means.

A pattern is a row of words as the normalizer leaves them: `{want} (to) {die} ..2 {soon}`.

    word        that word           a/b_c/{d}   one of these; b_c is "b c", {d} a phrase of slot d
    ..3         up to three words   (…)         may be left out
    ##  ####    a number; a year    ^ and $     the sentence begins, ends here

Rules of other languages than English are written as people type, accents and alphabets and all; the
normalizer puts their words into the form in which it leaves those of a message. Every repetition is
bounded, so matching cannot run away on hostile input. Leaves to `safety`: which rules are asked, and
what a match leads to.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from qa_bot.normalizing import plain

DATA = Path(__file__).parent / "data" / "safety_rules.toml"

# Too common to say which rules are worth trying on a sentence.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a about again all am an and any anymore are as at be been being by can could did do "
        "does every feel feeling feels for from get going had has have he her here him his "
        "how i if in is it just know like make makes me more much my no not now of off on one "
        "or out people really right she should so some something still than that the them "
        "then there they thing things think this time to too up us want wants was way we were "
        "what when who will with would you your over without one take took taking taken say "
        "says said only what never nothing ",
    )
)


class Pattern:
    """One pattern, compiled when first asked: a message needs few of the many.

    `anchors`: every match contains at least one of these words.
    """

    def __init__(self, source: str, anchors: frozenset[str]) -> None:
        self.source = source
        self.anchors = anchors

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The regular expression; it matches whole words of a sentence between spaces."""
        return re.compile(self.source)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `level` is "crisis", "concern" or "" (says nothing by itself). `sign` is what it adds to a
    combination, "" for nothing. `consumes`: what it matched is hidden from the rules after it.
    `unless`: the rule is silent in a sentence where one of these matches. `doubtful`: people say the
    same of harmless things, so that the meaning of the whole message decides whether it is heard.
    """

    id: str
    category: str
    level: str
    sign: str
    consumes: bool
    doubtful: bool
    language: str
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    why: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Combination:
    """Signs that are harmless alone and not together, within a few messages."""

    id: str
    signs: frozenset[str]
    level: str
    category: str
    why: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole book. `by_anchor`: word → places in `rules`, to try only the few that may match."""

    rules: tuple[Rule, ...]
    combinations: tuple[Combination, ...]
    audiences: tuple[tuple[str, Pattern], ...]
    by_anchor: Mapping[str, tuple[tuple[int, int], ...]]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules of the data file, in its order. Raises OSError or ValueError if it is damaged."""
    return parse(DATA.read_text(encoding="utf-8"))


def parse(text: str) -> Rules:
    """Rules from TOML text.

    :raises ValueError: something in it makes no sense; the message names the rule.
    """
    data = tomllib.loads(text)
    slots: dict[str, str] = data["slots"]
    found: list[Rule] = []
    for entry in data["rule"]:
        try:
            found.append(_rule(entry, slots))
        except (KeyError, re.error, ValueError) as error:
            raise ValueError(f"rule {entry.get('id', '?')}: {error!r}") from error
    if len({rule.id for rule in found}) != len(found):
        raise ValueError("two rules share an id")
    index: dict[str, list[tuple[int, int]]] = {}
    for place, rule in enumerate(found):
        for number, pattern in enumerate(rule.patterns):
            for word in pattern.anchors:
                index.setdefault(word, []).append((place, number))
    combinations = tuple(
        Combination(
            entry["id"],
            frozenset(entry["signs"]),
            entry["level"],
            entry["category"],
            entry["why"],
        )
        for entry in data.get("combination", ())
    )
    audiences = tuple(
        (entry["id"], _pattern(pattern, slots))
        for entry in data.get("audience", ())
        for pattern in _rows(entry["patterns"])
    )
    by_anchor = {word: tuple(places) for word, places in index.items()}
    return Rules(tuple(found), combinations, audiences, by_anchor)


def _rule(entry: Mapping[str, Any], slots: Mapping[str, str]) -> Rule:
    level = entry["level"]
    if level not in ("crisis", "concern", ""):
        raise ValueError(f"unknown level {level!r}")
    language = entry.get("language", "en")
    return Rule(
        id=entry["id"],
        category=entry["category"],
        level=level,
        sign=entry.get("sign", ""),
        consumes=entry.get("consumes", False),
        doubtful=entry.get("doubtful", False),
        language=language,
        patterns=tuple(_pattern(row, slots, language) for row in _rows(entry.get("patterns", "")))
        + tuple(_phrase(phrase) for phrase in _rows(entry.get("phrases", ""))),
        unless=tuple(_pattern(row, slots, language) for row in _rows(entry.get("unless", ""))),
        why=entry["why"],
        yes=tuple(entry.get("yes", ())),
        no=tuple(entry.get("no", ())),
    )


# The pattern language -----------------------------------------------------------------------------

_NUMBERS = {"##": r"\d{2,3}", "###": r"\d{3}", "####": r"(?:19|20)\d\d"}


def _pattern(pattern: str, slots: Mapping[str, str], language: str = "en") -> Pattern:
    parts: list[str] = []
    candidates: list[frozenset[str]] = []
    for element in pattern.split():
        if element == "^":
            parts.append(r"(?<![^\s.?] )")
        elif element == "$":
            parts.append(r"(?=[.?]|$)")
        elif element.startswith(".."):
            parts.append(rf"(?:[^\s.?]+ ){{0,{int(element[2:])}}}")
        elif element.startswith("(") and element.endswith(")"):
            parts.append(f"(?:{_alternatives(_said(element[1:-1], slots, language))})?")
        else:
            phrases = _said(element, slots, language)
            parts.append(_alternatives(phrases))
            if not any(phrase == "$" or set(phrase) <= {"#"} for phrase in phrases):
                candidates.append(frozenset(map(_telling, phrases)))
    if not candidates:
        raise ValueError(f"pattern {pattern!r} has no word that must be there")
    anchors = min(candidates, key=lambda words: (len(words & _COMMON), len(words)))
    return Pattern("(?<= )" + "".join(parts), anchors)


def _rows(text: str) -> list[str]:
    return [row.strip() for row in text.splitlines() if row.strip()]


def _phrase(phrase: str) -> Pattern:
    """A phrase as people type it, put into plain words by the one normalizer."""
    words = plain(phrase)
    return Pattern("(?<= )" + re.escape(words + " "), frozenset({_telling(words)}))


@lru_cache(maxsize=16_384)
def _alternatives(phrases: frozenset[str]) -> str:
    # Longest first: the first alternative that fits is taken.
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "(?:" + "|".join(map(_expression, ordered)) + ")"


def _said(element: str, slots: Mapping[str, str], language: str) -> frozenset[str]:
    phrases = _phrases(element, slots)
    if language == "en":
        return frozenset(phrases)
    return frozenset(" ".join(map(_typed, phrase.split())) for phrase in phrases)


@lru_cache(maxsize=8192)
def _typed(word: str) -> str:
    return word if word[0] in "#$" else plain(word)


@lru_cache(maxsize=16_384)
def _expression(phrase: str) -> str:
    if phrase == "$":
        return r"(?=[.?]|$)"
    return "".join((_NUMBERS.get(word) or re.escape(word)) + " " for word in phrase.split())


def _phrases(element: str, slots: Mapping[str, str]) -> Iterator[str]:
    """Each phrase an element may stand for: "a/b_c/{slot}" → "a", "b c", the slot's phrases."""
    for part in element.split("/"):
        if part.startswith("{") and part.endswith("}"):
            for phrase in slots[part[1:-1]].split("|"):
                phrase = phrase.strip()
                if phrase.startswith("{"):
                    yield from _phrases(phrase, slots)
                elif phrase:
                    yield phrase
        elif part:
            yield part.replace("_", " ")


@lru_cache(maxsize=16_384)
def _telling(phrase: str) -> str:
    """The word of a phrase that is met least often: rare before common, long before short."""
    words = [word for word in phrase.split() if not word.startswith("#")]
    return min(words, key=lambda word: (word in _COMMON, -len(word), word))


def matches(pattern: Pattern, sentence: str) -> Iterator[tuple[int, int]]:
    """Where the pattern stands in a sentence (" words between spaces ")."""
    for found in pattern.expression.finditer(sentence):
        yield found.span()
