"""The output gate: whether a text may stand on the page."""

from __future__ import annotations

from qa_bot.answers import Level
from qa_bot.safety.assessing import sentences
from qa_bot.safety.normalizing import readings
from qa_bot.safety.phone_numbers import unknown_numbers

_TOXIC = frozenset(
    {"overdose", "overdosed", "overdoses", "overdosing", "lethal", "lethality", "fatal", "deadly"}
    | {"toxic", "toxicity", "poison", "poisoning", "suicide", "suicides", "suicidal", "suicidality"}
)
_AMOUNTS = frozenset(
    ("mg", "mcg", "milligram", "milligrams", "gram", "grams", "ml", "tablets", "pills", "capsules")
)
_DOSED = _AMOUNTS | {"dose", "doses", "dosage", "maximum", "max", "daily", "take"}


def safe_to_show(text: str, level: Level | None = None) -> bool:
    """Whether a text may stand on the page: it holds no phone number that is not ours.

    When `level` is crisis, it must not speak of methods, doses or toxicity either. False in doubt.
    """
    try:
        if unknown_numbers(text):
            return False
        return level is not Level.CRISIS or not _is_risky(text)
    except Exception:
        return False


def _is_risky(text: str) -> bool:
    """Whether a text speaks of methods, toxicity or amounts."""
    return any(
        words & _TOXIC or (words & _AMOUNTS and len(words & _DOSED) > 1)
        for reading in readings(text)
        for words in (set(sentence.split()) for sentence in sentences(reading))
    )
