"""A text in words, numbers and marks, as `claims` reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_bot.composing.claim_words import PUNCTUATION
from qa_bot.words import STOPWORDS, stem

_TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+(?:[’'][^\W\d_]+)?|[%.,;:!?()–—]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark, in lower case; `stem` is "" for marks."""

    text: str
    stem: str
    capital: bool = False

    @property
    def is_content(self) -> bool:
        """Whether the word names something."""
        return bool(self.stem) and self.text.split("’")[0].split("'")[0] not in STOPWORDS


def read(text: str) -> tuple[Token, ...]:
    """Its tokens, in order."""
    return tuple(
        Token(
            t := found[0].casefold(),
            stem(t) if t not in PUNCTUATION else "",
            found[0][0].isupper(),
        )
        for found in _TOKEN.finditer(text)
    )
