"""Screening: a message and the earlier ones → what help the page must show, or nothing.

Layer one, by reviewed rules: intent frames (who + wanting + act + self) rather than words, with
harmless phrases, denials and the past taken out first, over the plain words that `normalizing`
makes. It runs first, alone and offline, keeps nothing, logs nothing and never raises: whatever goes
wrong in here shows the help lines. Leaves the meaning of unseen wordings to `safety_meaning`.

    screen("I don't want to be here anymore").level  →  Level.CRISIS
    screen("Does esketamine raise suicide risk?").level  →  Level.CONCERN
    screen("This waitlist is killing me")  →  None
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa_bot.help_lines import LAST_RESORT, help_lines, unknown_numbers
from qa_bot.normalizing import readings
from qa_bot.records import Escalation, Level
from qa_bot.safety_rules import Pattern, Rule, matches, rules

__all__ = ["help_lines", "safe_to_show", "screen", "self_test"]

WINDOW = 4  # earlier messages that a disclosure may be spread over
SENTENCE_WORDS = 60  # longer sentences are read in overlapping pieces
OVERLAP_WORDS = 20
JOINED_WORDS = 40  # short texts are also read across their sentence ends
LONG_MESSAGE = 20_000  # characters; beyond it we cannot be sure, which is a concern
SECONDS = 0.7  # then reading stops, and what is unread counts as a concern
_RANK = {None: 0, Level.CONCERN: 1, Level.CRISIS: 2}


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one message says by itself. `category` and `audiences` are "" and () without a finding."""

    level: Level | None = None
    category: str = ""
    signs: frozenset[str] = frozenset()
    audiences: tuple[str, ...] = ()


def screen(message: str, history: Sequence[str] = (), *, region: str = "us") -> Escalation | None:
    """What the page must show now; None if nothing in the conversation calls for it.

    `history` holds the reader's earlier messages, oldest first. The level never falls during a
    conversation; `fresh` is False when this message adds nothing new or worse. Never raises: what
    cannot be read counts as a concern.
    """
    try:
        return _screen(message, tuple(history), region)
    except Exception:
        return _unread(region)


def self_test() -> None:
    """Raise RuntimeError unless the rules tell a few messages apart and the lines can be read."""
    for text, level in _SELF_TEST:
        found = screen(text)
        if (found.level if found else None) != level or (found and found.category == "unread"):
            raise RuntimeError(
                "The safety rules do not work as expected; reinstall qa_bot before serving the chat."
            )
    if help_lines()[0].call != "988" or len(help_lines()) < 3:
        raise RuntimeError("The help lines cannot be read; reinstall qa_bot.")


def safe_to_show(text: str, level: Level | None = None) -> bool:
    """Whether a text may stand on the page: no number that is not ours; in a crisis, no method,
    dose or toxicity passage either. False if in doubt."""
    try:
        if unknown_numbers(text):
            return False
        return level is not Level.CRISIS or not any(_risky_passage(text))
    except Exception:
        return False


_SELF_TEST: tuple[tuple[str, Level | None], ...] = (
    ("I want to die", Level.CRISIS),
    ("i dont wanna be here anym\u043ere", Level.CRISIS),
    ("k m s", Level.CRISIS),
    ("I took all my sertraline", Level.CRISIS),
    ("my son says he wants to kill himself", Level.CRISIS),
    ("everyone would be better off without me", Level.CRISIS),
    ("ya no quiero vivir", Level.CRISIS),
    ("the voices tell me to hurt myself", Level.CRISIS),
    ("does esketamine raise suicide risk?", Level.CONCERN),
    ("I feel so hopeless", Level.CONCERN),
    ("this deadline is killing me", None),
    ("What is TMS?", None),
    ("My second SSRI isn't working", None),
)


# A conversation -----------------------------------------------------------------------------------


def _unread(region: str) -> Escalation:
    try:
        lines = help_lines("", region)
    except Exception:
        lines = LAST_RESORT
    return Escalation(Level.CONCERN, "unread", lines or LAST_RESORT)


def _screen(message: str, history: tuple[str, ...], region: str) -> Escalation | None:
    earlier = _Finding()
    categories: set[str] = set()
    for place, past in enumerate(history):
        found = _with_window(past, history[max(0, place - WINDOW) : place])
        earlier = _worse(earlier, found)
        if found.level:
            categories.add(f"{found.level} {found.category}")
    now = _with_window(message, history[-WINDOW:])
    said_before = message in history
    fresh = now.level is not None and (
        _RANK[now.level] > _RANK[earlier.level]
        or (now.level is Level.CRISIS and not said_before)
        or (now.level is earlier.level and f"{now.level} {now.category}" not in categories)
    )
    # A bare reminder keeps the category that set the level.
    leading = now if _RANK[now.level] >= _RANK[earlier.level] and now.level else earlier
    if leading.level is None:
        return None
    audiences = tuple(dict.fromkeys((*now.audiences, *earlier.audiences)))
    lines = help_lines(leading.category, region, audiences)
    return Escalation(leading.level, leading.category, lines, fresh)


def _worse(left: _Finding, right: _Finding) -> _Finding:
    audiences = tuple(dict.fromkeys((*left.audiences, *right.audiences)))
    more = right if _RANK[right.level] > _RANK[left.level] else left
    return _Finding(more.level, more.category, left.signs | right.signs, audiences)


def _with_window(message: str, before: Sequence[str]) -> _Finding:
    """What a message says, also as the end of what was said in the few before it."""
    found = _read(message)
    if not before or found.level is Level.CRISIS:
        return found
    past = [_read(text) for text in before]
    signs = found.signs.union(*(one.signs for one in past))
    # Only what this message completes counts: a sign of its own, or words across the boundary.
    if found.signs and (combined := _combined(signs)) and _RANK[combined[0]] > _RANK[found.level]:
        return _Finding(*combined, signs, found.audiences)
    if all(one.level is not Level.CRISIS for one in past):
        joined = " ".join((*before, message))
        if len(joined.split()) <= JOINED_WORDS:
            whole = _read(joined)
            if whole.level is Level.CRISIS:
                return whole
            squeezed = _read("".join((*before, message))) if len(joined) <= 24 else whole
            if squeezed.level is Level.CRISIS:
                return squeezed
    return found


def _combined(signs: frozenset[str]) -> tuple[Level, str] | None:
    fitting = [entry for entry in rules().combinations if entry.signs <= signs]
    worst = max(fitting, key=lambda entry: _RANK[Level(entry.level)], default=None)
    return (Level(worst.level), worst.category) if worst else None


# One message --------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _read(message: str) -> _Finding:
    # An in-memory cache of the last few messages of this process; nothing is written anywhere.
    rules()  # loading them is not part of the time a message may take
    deadline = time.thread_time() + SECONDS
    found = _Finding()
    complete = len(message) <= LONG_MESSAGE
    for reading in readings(message):
        hits: list[Rule] = []
        for sentence in _sentences(reading):
            if time.thread_time() > deadline:
                complete = False
                break
            hits.extend(_hits(sentence))
        hits.extend(_hits_across(reading))
        found = _worse(found, _judged(hits, reading))
    if not complete and found.level is None:
        return _Finding(Level.CONCERN, "unread", found.signs, found.audiences)
    return found


def _judged(hits: Sequence[Rule], reading: str) -> _Finding:
    signs = frozenset(rule.sign for rule in hits if rule.sign)
    # The file's order is the order of categories: what needs other lines comes first.
    worst = max(hits, key=lambda rule: _RANK[Level(rule.level) if rule.level else None], default=None)
    level = Level(worst.level) if worst and worst.level else None
    category = worst.category if worst and level else ""
    combined = _combined(signs)
    if combined and _RANK[combined[0]] > _RANK[level]:
        level, category = combined
    about = tuple(
        dict.fromkeys(
            audience
            for audience, pattern in rules().audiences
            if pattern.expression.search(reading)
        )
    )
    if any(rule.language == "es" for rule in hits):
        about = tuple(dict.fromkeys(("spanish", *about)))
    return _Finding(level, category, signs, about if level or about else ())


def matching_rules(message: str) -> tuple[str, ...]:
    """The ids of the rules that a message meets by itself: for tests and reviewers."""
    return tuple(
        dict.fromkeys(
            rule.id
            for reading in readings(message)
            for rule in (
                *(hit for sentence in _sentences(reading) for hit in _hits(sentence)),
                *_hits_across(reading),
            )
        )
    )


def _sentences(reading: str) -> Iterator[str]:
    """Each sentence with its mark; over-long ones in overlapping pieces; each only once."""
    seen: set[str] = set()
    words: list[str] = []
    for word in (*reading.split(), "."):
        if word not in (".", "?"):
            words.append(word)
            continue
        step = SENTENCE_WORDS - OVERLAP_WORDS
        for start in range(0, max(1, len(words) - OVERLAP_WORDS), step):
            piece = " " + " ".join((*words[start : start + SENTENCE_WORDS], word)) + " "
            if piece not in seen:
                seen.add(piece)
                yield piece
        words = []


def _hits_across(reading: str) -> Iterator[Rule]:
    """Crisis rules over a short text without its sentence ends: "i want to. die"."""
    words = [word for word in reading.split() if word not in (".", "?")]
    if len(words) <= JOINED_WORDS and len(words) < len(reading.split()):
        for rule in _hits(" " + " ".join(words) + " . "):
            if rule.level == Level.CRISIS:
                yield rule


def _hits(sentence: str) -> list[Rule]:
    """The rules that match a sentence, in the file's order."""
    book = rules()
    candidates = sorted(
        {place for word in set(sentence.split()) for place in book.by_anchor.get(word, ())}
    )
    found: list[Rule] = []
    left = sentence
    for place, number in candidates:
        rule = book.rules[place]
        if rule in found and not rule.consumes:
            continue
        spans = list(matches(rule.patterns[number], left))
        if not spans or any(_found(pattern, sentence) for pattern in rule.unless):
            continue
        found.append(rule)
        if rule.consumes:
            left = _without(left, spans)
    return found


def _found(pattern: Pattern, sentence: str) -> bool:
    return pattern.expression.search(sentence) is not None


def _without(sentence: str, spans: Sequence[tuple[int, int]]) -> str:
    """The sentence with the words of each span replaced by one that no rule knows."""
    for start, end in reversed(spans):
        count = len(sentence[start:end].split())
        sentence = sentence[:start] + "~ " * count + sentence[end:]
    return sentence


def _risky_passage(text: str) -> Iterator[bool]:
    for reading in readings(text):
        for sentence in _sentences(reading):
            words = set(sentence.split())
            yield bool(words & _TOXIC) or bool(words & _DOSED and words & _AMOUNTS)


_TOXIC = frozenset(
    "overdose overdosed overdoses overdosing lethal lethality fatal toxic toxicity poison poisoning "
    "suicide suicides suicidal suicidality deadly ld50".split()
)
_AMOUNTS = frozenset("mg mcg milligram milligrams gram grams ml tablets pills capsules".split())
_DOSED = frozenset("dose doses dosage maximum max daily mg mcg tablets pills capsules take".split())
