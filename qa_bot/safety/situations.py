"""What is done and said in each situation: which help lines, in which order, and the panel's words.

The situations are in `situations.toml`, for clinicians to read; a category without one gets the default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).with_name("situations.toml")
DEFAULT = "default"

# Categories that no rule gives: found by meaning alone, not read to its end, not screened at all.
MEANING, UNREAD, UNSCREENED = "meaning", "unread", "unscreened"


@dataclass(frozen=True, slots=True)
class Situation:
    """One situation; what its fields mean is said in `situations.toml`. Their values here are for when
    that file cannot be read. `lines`: ids of help lines; `advice`: "" for none."""

    lines: tuple[str, ...] = ()
    emergency_first: bool = False
    minutes: bool = False
    each_time: bool = False
    openings: tuple[str, ...] = (
        "You don’t have to face this alone. People are ready to listen right now.",
    )
    danger: str = "If you might act on these thoughts, or someone is in danger,"
    advice: str = ""
    leave: bool = False
    beside: str = "If any of this is about you, or someone close to you"
    ask: str = "You can talk with a person, any time."


def situation(category: str) -> Situation:
    """What is done and said for a message of this category; never raises."""
    try:
        known = situations()
        return known.get(category, known[DEFAULT])
    except Exception:
        return Situation()


@lru_cache(maxsize=1)
def situations() -> Mapping[str, Situation]:
    """Those with something of their own, by category, and the DEFAULT.

    :raises OSError, ValueError, KeyError: the file is damaged.
    """
    entries = tomllib.loads(DATA.read_text(encoding="utf-8"))["situation"]
    names = {field.name for field in fields(Situation)}
    found = {}
    for category, entry in entries.items():
        if unknown := entry.keys() - names:
            raise ValueError(f"{DATA.name}: {category} has {', '.join(sorted(unknown))}")
        told = entries[DEFAULT] | entry
        found[category] = Situation(
            **{**told, "lines": tuple(told["lines"]), "openings": tuple(told["openings"])}
        )
    return found
