"""Phone numbers in a text: which of them are not ours."""

from __future__ import annotations

import re
from functools import lru_cache

from qa_bot.safety.help_lines import LAST_RESORT, all_lines

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
            for line in all_lines().values()
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
