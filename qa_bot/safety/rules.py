"""The rules as data: `rules.toml` → what is looked for, and what it leads to.

How a row of words becomes a pattern is `patterns`' business. Leaves to `assessing`: which rules are
asked, and what a match leads to.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_bot.answers import Level
from qa_bot.safety.patterns import Pattern, pattern, phrase

DATA = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `level` is None where it says nothing by itself. `sign` is what it adds to a
    combination, "" for nothing. `consumes`: what it matched is hidden from the rules after it.
    `unless`: the rule is silent in a sentence where one of these matches. `doubtful`: people say the
    same of harmless things, so that the meaning of the whole message decides whether it is heard.
    `sure`: however long the sentence around it, what it matched is heard.
    """

    id: str
    category: str
    level: Level | None
    sign: str
    consumes: bool
    doubtful: bool
    sure: bool
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
    level: Level
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
        for number, one in enumerate(rule.patterns):
            for word in one.anchors:
                index.setdefault(word, []).append((place, number))
    combinations = tuple(
        Combination(
            entry["id"],
            frozenset(entry["signs"]),
            Level(entry["level"]),
            entry["category"],
            entry["why"],
        )
        for entry in data.get("combination", ())
    )
    audiences = tuple(
        (entry["id"], pattern(row, slots))
        for entry in data.get("audience", ())
        for row in _rows(entry["patterns"])
    )
    by_anchor = {word: tuple(places) for word, places in index.items()}
    return Rules(tuple(found), combinations, audiences, by_anchor)


def _rule(entry: Mapping[str, Any], slots: Mapping[str, str]) -> Rule:
    level, language = entry["level"], entry.get("language", "en")
    return Rule(
        id=entry["id"],
        category=entry["category"],
        level=Level(level) if level else None,
        sign=entry.get("sign", ""),
        consumes=entry.get("consumes", False),
        doubtful=entry.get("doubtful", False),
        sure=entry.get("sure", False),
        language=language,
        patterns=tuple(pattern(row, slots, language) for row in _rows(entry.get("patterns", "")))
        + tuple(phrase(said) for said in _rows(entry.get("phrases", ""))),
        unless=tuple(pattern(row, slots, language) for row in _rows(entry.get("unless", ""))),
        why=entry["why"],
        yes=tuple(entry.get("yes", ())),
        no=tuple(entry.get("no", ())),
    )


def _rows(text: str) -> list[str]:
    return [row.strip() for row in text.splitlines() if row.strip()]
