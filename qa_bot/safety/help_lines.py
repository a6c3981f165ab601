"""The help lines: which ones to show, in which order, and whether their numbers are fresh.

Every number the product prints comes from `help_lines.toml`. `LAST_RESORT`, the first two of
them, also stands here in code, for when that file cannot be read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_bot.answers import HelpLine

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
    lines = _lines()
    region = {"uk": "gb", "usa": "us", "": "us"}.get(region, region)
    order: list[str] = list(data["order"].get(category, data["order"]["default"]))
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
        if category in data["emergency_first"]:
            own.sort(key=lambda line: not is_emergency(lines[line]))
        # Numbers of another country would mislead; the worldwide finder always helps.
        order = [*own, "world"] if own else ["world", *(line for line in order if line != "world")]
    return tuple(lines[line] for line in dict.fromkeys(order))


def is_emergency(line: HelpLine) -> bool:
    """Whether it is the number for danger to life: its name says so."""
    return "emergenc" in line.name.lower()


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
def _lines() -> Mapping[str, HelpLine]:
    lines = {}
    for entry in _data()["line"]:
        known = {field.name: entry[field.name] for field in fields(HelpLine)}
        lines[entry["id"]] = HelpLine(**{**known, "languages": tuple(entry["languages"])})
    return lines


# Checking -----------------------------------------------------------------------------------------


def lint(today: date) -> list[str]:
    """What is wrong with the data file, one sentence each; empty when all is well."""
    problems = []
    lines = _lines()
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
        if entry.get("only", "default") not in _data()["order"]:
            problems.append(f"{entry['id']}: only for {entry['only']}, which is no category.")
    for region in {line.region for line in lines.values()} ^ {"world", *regions()}:
        problems.append(f"{region}: a region without a name or without a line.")
    emergencies = {line.region for line in lines.values() if is_emergency(line)}
    for region in regions().keys() - emergencies:
        problems.append(f"{region}: a region without a number for danger to life.")
    for category in set(_data()["emergency_first"]) - set(_data()["order"]):
        problems.append(f"{category}: comes with an emergency number first, but is no category.")
    named = [line for order in _data()["order"].values() for line in order]
    for unknown in {*named, *_data()["audience"].values()} - set(lines):
        problems.append(f"{unknown}: named in an order, but there is no such line.")
    if tuple(lines.get(line.id) for line in LAST_RESORT) != LAST_RESORT:
        problems.append("LAST_RESORT in help_lines.py differs from the data file.")
    return problems


# Digits that look dialable: 7 and more with separators, or spelled on a keypad (1-800-…-HELP).
_NUMBER = re.compile(
    r"(?<![\w.,/-])\+?\(?\d[\d()\s.-]{5,16}\d(?![\w/]|-[A-Z])|(?<![\w.,/-])1?-?8\d\d-[A-Z0-9-]{7,12}\b"
)
# Or any digits after "call", "text … to" and the like, unless they count something.
_SHORT = re.compile(
    r"\b(?:call|dial|text|phone|ring|txt|sms|llam[ae]r?|marque|number is|hotline|lifeline|helpline)"
    r"\W{1,3}(?:(?!and\b|or\b)[A-Za-z]{1,10}\W{1,3}){0,4}?(?:(?:at|to|on|al|or|and)\W{1,2})?"
    r"(\d[\d -]{1,16}\d)\b"
    r"(?!\s*(?:%|mg|mcg|ml|weeks?|days?|hours?|minutes?|patients?|people|times|sessions?))",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def known_numbers() -> frozenset[str]:
    """The digits of every number in the data file (also those within notes)."""
    try:
        entries = [
            f"{line.call} {line.text_to} {line.note} ".replace("-", "")
            for line in _lines().values()
        ]
    except Exception:
        entries = [f"{line.call} {line.text_to} " for line in LAST_RESORT]
    typed = {number for entry in entries for number in re.findall(r"\d{3,}", entry)}
    # Toll-free numbers are also written without the 1 in front.
    return frozenset(typed | {number[1:] for number in typed if re.match(r"18\d{9}$", number)})


def unknown_numbers(text: str) -> tuple[str, ...]:
    """Phone numbers and short codes in the text that the data file does not have."""
    found = [match.group() for match in _NUMBER.finditer(text)]
    found += [match.group(1) for match in _SHORT.finditer(text)]
    strange = []
    for number in found:
        typed = digits(number)
        if typed not in known_numbers() and not _is_a_date_or_range(number):
            strange.append(number.strip())
    return tuple(dict.fromkeys(strange))


def digits(number: str) -> str:
    """The digits of a number as it is written; letters as on a keypad.

    >>> digits("1-800-662-HELP")
    '18006624357'
    """
    keypad = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
    return re.sub(r"\D", "", number.translate(keypad))


def _is_a_date_or_range(number: str) -> bool:
    """ "2026-11-21", "1990 - 2004", "127.0.0.1", version "0.1.0": digits that nobody dials."""
    number = number.strip()
    return bool(
        re.fullmatch(r"(?:\d{1,3}\.){2,3}\d{1,3}(?:\D.*)?", number)
        or re.fullmatch(r"(?:19|20)\d\d[-.\s]{1,3}\d{1,4}(?:[-.\s]{1,3}\d{1,2})?", number)
        or re.fullmatch(r"\d{1,2}[-.\s]\d{1,2}[-.\s](?:19|20)?\d\d", number)
        or re.fullmatch(r"\d{1,3}\s?[-–]\s?\d{1,3}", number)
    )
