"""Both layers of the crisis screen, together: what the rules found in a message, and what it means.

Leaves what is shown to `chat`. Needs no index.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from qa_bot.answers import Escalation, Level
from qa_bot.errors import EncoderError, first_line
from qa_bot.safety import asks_about_means, raised, screen, spoken_for


def by_meaning(
    message: str,
    history: Sequence[str],
    escalation: Escalation | None,
    region: str = "us",
) -> Escalation | None:
    """`escalation`, which the rules alone found, or what it comes to with the meaning in view. Never
    raises: a fault in here calls for help lines.
    """
    if not any(character.isalnum() for character in message):
        return escalation
    try:
        from qa_bot import safety_meaning

        chances = cache(safety_meaning.chances)  # for this message only

        def at_most(text: str) -> Level | None:
            try:
                return safety_meaning.at_most(text, chances)
            except Exception:
                return Level.CRISIS  # it cannot be told

        said = safety_meaning.spoken(message, history)
        now, earlier = safety_meaning.screen_spoken(said, chances)
        if escalation:
            escalation = screen(message, history, region=region, at_most=at_most)
        if earlier and asks_about_means(message):
            now = Level.CRISIS
        by_meaning_alone = escalation is None and (now or earlier)
        about = spoken_for((message, *history[-1:])) if by_meaning_alone else ()
    except Exception:
        return raised(escalation, Level.CONCERN, region=region)
    return raised(escalation, now, earlier, region=region, audiences=about)


def check_meaning() -> None:
    """:raises EncoderError: the second layer cannot be used; every message then calls for help lines."""
    from qa_bot import safety_meaning

    try:
        safety_meaning.learned()
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"The meaning check of the crisis screen cannot be used ({first_line(error)}); help lines "
            "are shown with every answer until qa_bot is installed again."
        ) from None
