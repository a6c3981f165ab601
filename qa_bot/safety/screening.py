"""Both layers of the crisis screen, together: what the rules found in a message, and what it means.

And what may be shown beside help lines. Needs no index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from qa_bot.answers import Answer, Escalation, Level, Outcome
from qa_bot.errors import EncoderError, first_line
from qa_bot.safety.assessing import both_ends
from qa_bot.safety.escalating import (
    EARLIEST,
    WINDOW,
    ending,
    raise_level,
    screen_by_rules,
    spoken_for,
)
from qa_bot.safety.gate import safe_to_show
from qa_bot.safety.situations import situation

MOST_CHARACTERS = 200_000  # of earlier messages in all; of more, the last are read
WITHHELD = "What the articles say about this is not shown beside the help lines."


def screen(
    message: str,
    history: Sequence[str] = (),
    region: str = "us",
    meanwhile: Callable[[], None] = lambda: None,
) -> Escalation | None:
    """What the page must show now, by both layers; None if nothing in the conversation calls for it.

    Never raises. `meanwhile` is called before the second layer, the slower one, is asked; it is not
    where the rules alone are sure that help lines lead.
    """
    found = screen_by_rules(message, history, region=region)
    sure = screen_by_rules(message, history, at_most=lambda _: None) if leads(found) else None
    if leads(sure):
        return found
    meanwhile()
    return add_meaning(message, history, found, region)


def leads(escalation: Escalation | None) -> bool:
    """Whether the help lines come instead of an answer."""
    return escalation is not None and escalation.level is Level.CRISIS and escalation.fresh


def readable(history: Sequence[str]) -> Sequence[str]:
    """The earlier messages, as far as they are read, in a time that does not grow with them."""
    if isinstance(history, str):  # one message, not a list of its letters
        history = [history]
    return ending([both_ends(earlier) for earlier in history[-EARLIEST:]], MOST_CHARACTERS, len)


def add_meaning(
    message: str,
    history: Sequence[str],
    escalation: Escalation | None,
    region: str = "us",
) -> Escalation | None:
    """`escalation`, which the rules alone found, or what it comes to with the meaning in view. Never
    raises: a fault in here calls for help lines.
    """
    try:
        from qa_bot.safety import meaning

        chances = cache(meaning.chances)  # for this message only

        def at_most(text: str) -> Level | None:
            try:
                return meaning.at_most(text, chances)
            except Exception:
                return Level.CRISIS  # it cannot be told

        # Marks alone mean nothing; what was said before them stays.
        means = message if any(character.isalnum() for character in message) else ""
        said = meaning.spoken(means, history)
        now, earlier = meaning.screen_spoken(said, chances)
        if escalation:
            escalation = screen_by_rules(message, history, region=region, at_most=at_most)
        by_meaning_alone = escalation is None and (now or earlier)
        about = spoken_for((message, *history[-1:])) if by_meaning_alone else ()
    except Exception:
        return raise_level(escalation, Level.CONCERN, region=region)
    return raise_level(escalation, now, earlier, region=region, audiences=about)


def shown_beside(found: Answer, escalation: Escalation) -> Answer:
    """The answer as it may stand beside help lines: no other phone number, and in a crisis nothing
    about methods, doses or toxicity. Who took too much needs no article."""
    took_too_much = situation(escalation.category).each_time and escalation.fresh
    shown = () if took_too_much else found.quotes
    quotes = tuple(q for q in shown if safe_to_show(q.text, escalation.level))
    if found.quotes and not quotes:
        found = replace(found, outcome=Outcome.NOT_FOUND, problem=WITHHELD)
    return replace(found, quotes=quotes, escalation=escalation)


def crisis_continues(
    escalation: Escalation,
    message: str,
    history: Sequence[str],
    names_subject: Callable[[str], bool],
) -> Escalation | None:
    """What to show instead of an answer where a message only goes on from a crisis ("what do I do?"): it
    names nothing that the articles are about, and nothing did since. None: it may be answered.

    Where it is a matter of minutes, the lines lead again.
    """
    if escalation.level is not Level.CRISIS or names_subject(message):
        return None
    for before in reversed(history[-WINDOW:]):
        found = screen(before)
        if found is not None and found.level is Level.CRISIS:
            again = escalation.fresh or situation(escalation.category).minutes
            return replace(escalation, fresh=again)
        if names_subject(before):
            return None
    return None


def check_meaning() -> None:
    """:raises EncoderError: the second layer cannot be used; every message then calls for help lines."""
    from qa_bot.safety import meaning

    try:
        meaning.learned()
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"The meaning check of the crisis screen cannot be used ({first_line(error)}); help lines "
            "are shown with every answer until qa_bot is installed again."
        ) from None
