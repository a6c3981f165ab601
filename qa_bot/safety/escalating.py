"""Screening by rules: a message and the earlier ones → what help the page must show, or nothing.

Layer one of two. It runs first, alone and offline, keeps nothing, logs nothing and
never raises: whatever goes wrong in here shows the help lines. Leaves wordings that no rule foresaw
to `meaning`, whose level `raise_level` adds; neither layer lowers what the other is sure of. Rules
that are doubtful by themselves ("I can't go on like this", with my phone) are heard as far as
`screening` says that the message may mean it.

    screen_by_rules("I don't want to be here anymore").level  →  Level.CRISIS
    screen_by_rules("Does esketamine raise suicide risk?").level  →  Level.CONCERN
    screen_by_rules("This waitlist is killing me")  →  None
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate, takewhile

from qa_bot.answers import Escalation, Level
from qa_bot.safety.assessing import RANK, Assessment, added_up, assess, worse
from qa_bot.safety.help_lines import LAST_RESORT, help_lines
from qa_bot.safety.situations import MEANING, UNREAD, situation

EARLIEST = 200  # earlier messages that are read at all
WINDOW = 4  # earlier messages that a disclosure may be spread over
JOINED_WORDS = 40  # so short a stretch of messages is also read as one
SQUEEZED_CHARACTERS = 24  # and so short a one even without spaces between its messages

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


def screen_by_rules(
    message: str,
    history: Sequence[str] = (),
    *,
    region: str = "us",
    at_most: Callable[[str], Level | None] = lambda text: Level.CRISIS,
) -> Escalation | None:
    """What the page must show now; None if nothing in the conversation calls for it.

    `history` holds the reader's earlier messages, oldest first; of very many, the last EARLIEST are
    read. The level never falls during a conversation; `fresh` is False when this message adds nothing
    new or worse. `at_most` is asked of a text in which doubtful rules found something: to which level
    they are to be heard. Never raises: what cannot be read counts as a concern.
    """
    try:
        return _screen(message, tuple(history[-EARLIEST:]), region, at_most)
    except Exception:  # whatever it is, the help lines are the answer
        return _unread(region)


def raise_level(
    escalation: Escalation | None,
    now: Level | None,
    earlier: Level | None = None,
    *,
    region: str = "us",
    audiences: tuple[str, ...] = (),
) -> Escalation | None:
    """`escalation`, or more where the meaning layer found more: no layer lowers the other.

    `now`: what it found in this message; `earlier`: in the ones before. `audiences`: groups with a line
    of their own ("veteran") that a message speaks for.
    """
    if now is None and earlier is None:
        return escalation
    known = escalation.level if escalation else None
    level = max((known, earlier, now), key=RANK.__getitem__)
    fresh = now is Level.CRISIS or RANK[now] > max(RANK[known], RANK[earlier])
    assert level is not None
    if escalation is not None:
        fresh = fresh or (escalation.fresh and level is escalation.level)
        return replace(escalation, level=level, fresh=fresh)
    lines = help_lines(MEANING, region, audiences)
    return Escalation(level, MEANING, lines, fresh, audiences)


def asks_about_means(message: str) -> bool:
    """Whether a message speaks of a place or means that may be nothing by itself, and is much after
    distress, whichever layer found that."""
    return "means" in assess(message).signs


def spoken_for(messages: Iterable[str]) -> tuple[str, ...]:
    """The groups with a help line of their own that messages speak for ("veteran")."""
    return tuple(dict.fromkeys(one for text in messages for one in assess(text).audiences))


def self_test() -> None:
    """Raise RuntimeError unless the rules tell a few messages apart and the lines can be read."""
    for text, level in _SELF_TEST:
        found = screen_by_rules(text)
        if (found.level if found else None) != level or (found and found.category == UNREAD):
            raise RuntimeError(
                "The safety rules do not work as expected; reinstall qa_bot, then start again."
            )
    if len(help_lines()) <= len(LAST_RESORT):
        raise RuntimeError("The help lines cannot be read; reinstall qa_bot.")


def _unread(region: str) -> Escalation:
    return Escalation(Level.CONCERN, UNREAD, help_lines(UNREAD, region) or LAST_RESORT)


def _screen(
    message: str,
    history: tuple[str, ...],
    region: str,
    at_most: Callable[[str], Level | None],
) -> Escalation | None:
    @cache  # for this call only: nothing of a message outlives it
    def once(text: str) -> Assessment:
        return _heard(text, at_most)

    earlier = Assessment()
    said: set[tuple[Level, str]] = set()
    for place, past in enumerate(history):
        found = _with_window(past, history[max(0, place - WINDOW) : place], once)
        earlier = worse(earlier, found)
        if found.level:
            said.add((found.level, found.category))
    now = _with_window(message, history[-WINDOW:], once)
    # A bare reminder keeps the category that set the level.
    leading = now if now.level and RANK[now.level] >= RANK[earlier.level] else earlier
    if leading.level is None:
        return None
    fresh = now.level is not None and (
        RANK[now.level] > RANK[earlier.level]
        or (
            (now.level is Level.CRISIS or situation(now.category).each_time)
            and message not in history
        )
        or (now.level is earlier.level and (now.level, now.category) not in said)
    )
    audiences = tuple(dict.fromkeys((*now.audiences, *earlier.audiences)))
    lines = help_lines(leading.category, region, audiences)
    return Escalation(leading.level, leading.category, lines, fresh, audiences)


def _heard(text: str, at_most: Callable[[str], Level | None]) -> Assessment:
    """What a message says by itself; doubtful rules are heard only up to the level `at_most` gives."""
    found = assess(text)
    most = at_most(text) if found.doubtful else Level.CRISIS
    if most and RANK[most] >= RANK[found.level]:
        return found
    sure = assess(text, doubtful=False)
    if most is None:  # what is nothing by itself may still be much after what was said before
        return replace(sure, signs=found.signs)
    if RANK[sure.level] >= RANK[most]:
        return replace(sure, signs=found.signs, audiences=found.audiences)
    category = MEANING if situation(found.category).minutes else found.category
    return replace(found, level=most, category=category)


def _with_window(
    message: str, before: Sequence[str], once: Callable[[str], Assessment]
) -> Assessment:
    """What a message says, also as the end of what was said in the few before it."""
    found = once(message)
    if not before or found.level is Level.CRISIS:
        return found
    past = [once(text) for text in before]
    # Only what this message completes counts: a sign of its own, or words across the boundary.
    signs = found.signs.union(*(one.signs for one in past))
    total = added_up(signs) if found.signs else Assessment()
    own = added_up(found.signs)  # what it says by itself was judged already
    if RANK[total.level] > max(RANK[found.level], RANK[own.level]):
        return Assessment(total.level, total.category, signs, found.audiences)
    if any(one.level is Level.CRISIS for one in past):
        return found
    said = (*before, message)
    for mark, last in (
        (" ", ending(said, JOINED_WORDS)),
        ("", ending(said, SQUEEZED_CHARACTERS, len)),
    ):
        whole = once(mark.join(last)) if len(last) > 1 else Assessment()
        # What one of them says by itself was judged, and doubted, by itself.
        if whole.level is Level.CRISIS and whole.category not in map(_category, last):
            return whole
    return found


def _category(text: str) -> str:
    """What a message would be by itself if no rule were doubted; "" where that is no crisis."""
    found = assess(text)
    return found.category if found.level is Level.CRISIS else ""


def _words(text: str) -> int:
    return len(text.split())


def ending(
    messages: Sequence[str], most: int, size: Callable[[str], int] = _words
) -> Sequence[str]:
    """The last of `messages` whose sizes add up to at most so much; () where the last one is larger."""
    sizes = accumulate(map(size, reversed(messages)))
    count = sum(1 for _ in takewhile(lambda total: total <= most, sizes))
    return messages[len(messages) - count :]
