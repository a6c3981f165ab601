"""The help lines: which ones to show, in which order, and whether their numbers are fresh.

Every number the product prints comes from `help_lines.toml`. `LAST_RESORT`, the first two of
them, also stands here in code, for when that file cannot be read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_bot.answers import HelpLine
from qa_bot.safety.situations import DEFAULT, situation, situations

DATA = Path(__file__).with_name("help_lines.toml")
STALE_AFTER_DAYS = 180  # numbers change; two looks a year
COOKIE = "region"  # where a reader's browser keeps the choice of help lines

LAST_RESORT = (
    HelpLine(
        id="us-988",
        name="988 Suicide & Crisis Lifeline",
        region="us",
        call="988",
        text_to="988",
        text_word="",
        chat="https://988lifeline.org/chat/",
        hours="24 hours, every day",
        languages=("English", "Spanish (press 2)", "150+ by interpreter on calls"),
        note="Free and confidential. You do not have to be suicidal to call, and you can call for "
        "someone else. Texting and chat start with a short survey.",
        source="https://988lifeline.org/get-help/what-to-expect",
        verified=date(2026, 11, 21),
    ),
    HelpLine(
        id="us-911",
        name="Emergency services",
        region="us",
        call="911",
        text_to="",
        text_word="",
        chat="",
        hours="24 hours, every day",
        languages=("English", "others by interpreter"),
        note="If someone is in danger right now, has taken too much of something, or may act on these "
        "thoughts.",
        source="https://poisonhelp.hrsa.gov/",
        verified=date(2026, 11, 21),
    ),
)


def help_lines(
    category: str = "", region: str = "us", audiences: Sequence[str] = ()
) -> tuple[HelpLine, ...]:
    """The lines to show, most urgent first. Never empty, never raises.

    `category` is that of an Escalation, "" for the page's standing help; `audiences` name groups
    with a line of their own ("spanish", "veteran", "deaf"). An unknown region gets the worldwide
    finder first and the US lines after it.
    """
    try:
        return _ordered(category, region.strip().lower(), tuple(audiences))
    except Exception:
        return LAST_RESORT


@lru_cache(maxsize=256)
def _ordered(category: str, region: str, audiences: tuple[str, ...]) -> tuple[HelpLine, ...]:
    data = _data()
    lines = all_lines()
    here = situation(category)
    region = {"uk": "gb", "usa": "us", "": "us"}.get(region, region)
    order = list(here.lines)
    for audience in audiences:
        line = data["audience"].get(audience)
        if line:
            # Danger to life stays first; otherwise the line made for them does.
            order.insert(1 if order[0] == "us-911" else 0, line)
    if region != "us":
        special = {entry["id"]: entry["only"] for entry in data["line"] if "only" in entry}
        own = [
            line.id
            for line in lines.values()
            if line.region == region
            and (not category or special.get(line.id, category) == category)
        ]
        own.sort(key=lambda line: special.get(line) != category)
        if here.emergency_first:
            own.sort(key=lambda line: not is_emergency(lines[line]))
        # Numbers of another country would mislead; the worldwide finder always helps.
        order = [*own, "world"] if own else ["world", *(line for line in order if line != "world")]
    return tuple(lines[line] for line in dict.fromkeys(order)) or LAST_RESORT


def is_emergency(line: HelpLine) -> bool:
    """Whether it is the number for danger to life: its name says so."""
    return "emergenc" in line.name.lower()


def emergency_line(lines: Sequence[HelpLine]) -> HelpLine | None:
    """The number for danger to life, if it is among `lines`."""
    return next(filter(is_emergency, lines), None)


def regions() -> Mapping[str, str]:
    """The regions with lines of their own, by their codes, with their names; never raises."""
    try:
        names: Mapping[str, str] = _data()["region"]
        return names
    except Exception:
        return {"us": "United States"}


def region_in(cookies: Mapping[str, str]) -> str:
    """The region that a reader chose, which the browser keeps; "" where none was, or none we know."""
    region = cookies.get(COOKIE, "")
    return region if region in regions() else ""


def lines_for(region: str, others: Sequence[HelpLine]) -> Sequence[HelpLine]:
    """The standing help of the region that a reader chose; `others` where none was."""
    return help_lines("", region) if region else others


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def all_lines() -> Mapping[str, HelpLine]:
    """Every line of every region, by its id.

    :raises OSError, ValueError, KeyError: the file is damaged.
    """
    lines = {}
    for entry in _data()["line"]:
        known = {field.name: entry[field.name] for field in fields(HelpLine)}
        lines[entry["id"]] = HelpLine(**{**known, "languages": tuple(entry["languages"])})
    return lines


def lint(today: date) -> list[str]:
    """What is wrong with the data file, one sentence each; empty when all is well."""
    problems = []
    lines = all_lines()
    for line in lines.values():
        age = (today - line.verified).days
        if age > STALE_AFTER_DAYS:
            problems.append(
                f"{line.id}: verified {age} days ago; compare it with {line.source} "
                f"and change the date in {DATA.name}."
            )
        if not (line.call or line.text_to or line.chat):
            problems.append(f"{line.id}: there is no way to reach it.")
        if not line.source.startswith("https://"):
            problems.append(f"{line.id}: its source is not an https address.")
    for entry in _data()["line"]:
        if entry.get("only", DEFAULT) not in situations():
            problems.append(f"{entry['id']}: only for {entry['only']}, which is no situation.")
    for region in {line.region for line in lines.values()} ^ {"world", *regions()}:
        problems.append(f"{region}: a region without a name or without a line.")
    emergencies = {line.region for line in lines.values() if is_emergency(line)}
    for region in regions().keys() - emergencies:
        problems.append(f"{region}: a region without a number for danger to life.")
    named = {line for one in situations().values() for line in one.lines}
    for unknown in {*named, *_data()["audience"].values()} - set(lines):
        problems.append(f"{unknown}: named in an order, but there is no such line.")
    if tuple(lines.get(line.id) for line in LAST_RESORT) != LAST_RESORT:
        problems.append("LAST_RESORT in help_lines.py differs from the data file.")
    return problems
