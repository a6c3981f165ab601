"""Both layers of the crisis screen, together: what the rules found in a message, and what it means.

Leaves what is shown to `chat`. Needs the encoder, but no index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from qa_bot.records import Escalation, Level
from qa_bot.safety import asks_about_means, raised, screen

if TYPE_CHECKING:
    from qa_bot.embedding import Encoded, Encoder


def by_meaning(
    message: str,
    history: Sequence[str],
    escalation: Escalation | None,
    load_encoder: Callable[[], Encoder],
    *,
    whole: bool = True,
) -> tuple[Escalation | None, Mapping[str, Encoded]]:
    """`escalation`, which the rules alone found, or what it comes to with the meaning in view; and what
    was encoded to see that, by its text. Never raises: a fault in here calls for help lines.

    `whole`: whether the message is encoded whole, since it will be looked up as it stands; half is
    enough to see what it means.
    """
    if not any(character.isalnum() for character in message):
        return escalation, {}
    try:
        from qa_bot.safety_meaning import screen_spoken, spoken

        encoder = load_encoder()
        said = spoken(message, history)
        encoded = {message: encoder.encode_query(message)} if whole else {}
        others = [text for text in said.texts if text not in encoded]
        states = dict(zip(others, encoder.halfway(others), strict=True))
        states |= {text: one.halfway for text, one in encoded.items()}
        now, earlier = screen_spoken(said, states, encoder.fingerprint)
        if escalation:
            escalation = screen(message, history, harmless=lambda text: _is_harmless(text, encoder))
        if earlier and asks_about_means(message):
            now = Level.CRISIS
    except Exception:
        return raised(escalation, Level.CONCERN), {}
    return raised(escalation, now, earlier), encoded


def _is_harmless(text: str, encoder: Encoder) -> bool:
    """Whether its meaning shows no trace of risk; False where that cannot be told."""
    from qa_bot.safety_meaning import is_harmless, ways_to_read

    try:
        return is_harmless(encoder.halfway(ways_to_read(text)), encoder.fingerprint)
    except Exception:
        return False
