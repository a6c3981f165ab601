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
    region: str = "us",
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
        states = _States(encoder)
        _ = states[said.now[0]]  # loads the model: a broken one is a fault
        if not reads(encoder.fingerprint):
            return escalation, states
        now, earlier = screen_spoken(said, states)
        if escalation:
            escalation = screen(
                message,
                history,
                region=region,
                harmless=lambda text: _is_harmless(text, states),
            )
        if earlier and asks_about_means(message):
            now = Level.CRISIS
    except Exception:
        return raised(escalation, Level.CONCERN, region=region), {}
    return raised(escalation, now, earlier, region=region), states


class _States(dict[str, "Vector | None"]):
    """What half of the encoder makes of a text, made when first asked for."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self._encoder = encoder

    def __missing__(self, text: str) -> Vector | None:
        self[text] = next(iter(self._encoder.halfway([text])))
        return self[text]


def _is_harmless(text: str, states: Mapping[str, Vector | None]) -> bool:
    """Whether its meaning shows no trace of risk; False where that cannot be told."""
    from qa_bot.safety_meaning import is_harmless, ways_to_read

    try:
        return is_harmless(states[way] for way in ways_to_read(text))
    except Exception:
        return False
