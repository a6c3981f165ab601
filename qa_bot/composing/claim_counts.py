"""What a text counts: its numbers, with what they count and how they are bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_bot.composing.claim_tokens import Token
from qa_bot.composing.claim_words import BOUNDS, NUMBER_WORDS, PEOPLE, PUNCTUATION, UNITS, rules

AROUND = 6  # words on either side of a number that tell what it is about
_AFTER = 3  # words between a number and its unit
# Words before a "one" that is no number.
_POINTING = frozenset("another this the no either each new different other right".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Count:
    """A number as said: its value, what it counts ("" if unclear), how it is bounded, and the stems of
    the content words around it."""

    value: str
    unit: str
    bound: str
    around: frozenset[str]


def counts(tokens: tuple[Token, ...]) -> Iterator[Count]:
    """The numbers among `tokens`, in order."""
    for place, token in enumerate(tokens):
        value = _value(token, tokens[place - 1 : place], tokens[place + 1 : place + 3])
        if not value:
            continue
        unit = ""
        for after in tokens[place + 1 : place + 2 + _AFTER]:
            if after.text in PUNCTUATION - {"–"}:
                break
            if found := UNITS.get(after.stem) or UNITS.get(after.text):
                unit = found
                break
        before = " ".join(t.text for t in tokens[max(0, place - 3) : place])
        bound = next((b for words, b in BOUNDS.items() if before.endswith(words)), "")
        after_words = " ".join(t.text for t in tokens[place + 1 : place + 3])
        rest = " ".join(t.text for t in tokens[place + 1 : place + 2 + AROUND]).split(" , ")[0]
        if after_words.startswith("or more") or re.search(r"\bat least( [.;]|$)", rest):
            bound = "≥"
        near = (*tokens[max(0, place - AROUND) : place], *tokens[place + 1 : place + AROUND])
        around = frozenset(t.stem for t in near if t.is_content or t.text in PEOPLE)
        yield Count(value, unit, bound, around)


def _is_number(tokens: tuple[Token, ...]) -> bool:
    return bool(tokens) and (tokens[0].text[0].isdigit() or tokens[0].text in NUMBER_WORDS)


def _value(token: Token, before: tuple[Token, ...], after: tuple[Token, ...]) -> str:
    if token.text[0].isdigit():
        return token.text.replace(",", "").rstrip(".")
    if token.text == "second" and before and before[0].text in ("a", "add", "adding"):
        return ""
    if token.text == "one":  # "another one", "the one that", "one of the options": no number
        part = [t.text for t in after[:1]] == ["of"] and not _is_number(after[1:])
        if part or not after or not (after[0].is_content or after[0].text in ("of", "or", "to")):
            return ""
        if before and before[0].text in _POINTING:
            return ""
    verb_follows = bool(after) and after[0].text in rules().verbs
    if token.text == "two" and before and before[0].text == "the" and verb_follows:
        return ""  # "the two work differently"
    return NUMBER_WORDS.get(token.text, "")
