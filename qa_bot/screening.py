"""Both layers of the crisis screen, together: what the rules found in a message, and what it means.

Leaves what is shown to `chat`. Needs the encoder, but no index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from qa_bot.records import Escalation, Level
from qa_bot.safety import asks_about_means, raised, screen

if TYPE_CHECKING:
    from qa_bot.embedding import Encoder, Vector


def by_meaning(
    message: str,
    history: Sequence[str],
    escalation: Escalation | None,
    load_encoder: Callable[[], Encoder],
) -> tuple[Escalation | None, Mapping[str, Vector | None]]:
    """`escalation`, which the rules alone found, or what it comes to with the meaning in view; and what
    half of the encoder made of each text to see that. Never raises: a fault in here calls for help
    lines. With an encoder that nothing was learned for, the rules stand alone.
    """
    if not any(character.isalnum() for character in message):
        return escalation, {}
    try:
        from qa_bot.safety_meaning import reads, screen_spoken, spoken

        encoder = load_encoder()
        said = spoken(message, history)
        halves = encoder.halfway(said.texts)  # loads the model: a broken one is a fault
        if not reads(encoder.fingerprint):
            return escalation, {}
        states = dict(zip(said.texts, halves, strict=True))
        now, earlier = screen_spoken(said, states)
        if escalation:
            escalation = screen(message, history, harmless=lambda text: _is_harmless(text, encoder))
        if earlier and asks_about_means(message):
            now = Level.CRISIS
    except Exception:
        return raised(escalation, Level.CONCERN), {}
    return raised(escalation, now, earlier), states


def _is_harmless(text: str, encoder: Encoder) -> bool:
    """Whether its meaning shows no trace of risk; False where that cannot be told."""
    from qa_bot.safety_meaning import is_harmless, ways_to_read

    try:
        return is_harmless(encoder.halfway(ways_to_read(text)))
    except Exception:
        return False
