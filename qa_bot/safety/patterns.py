"""How people put things: a row of words with choices and gaps → a compiled pattern.

A row has words as the normalizer leaves them: `{want} (to) {die} ..2 {soon}`.

    word        that word           a/b_c/{d}   one of these; b_c is "b c", {d} a phrase of slot d
    ..3         up to three words   (…)         may be left out
    ##          a number of two or three digits; ### of three; #### a year
    ^ and $     the sentence begins, ends here

Those of other languages than English are written as people type, accents and alphabets and all; the
normalizer puts their words into the form in which it leaves those of a message. Every repetition is
bounded, so matching cannot run away on hostile input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from qa_bot.safety.normalizing import plain

# Too common to say which rules are worth trying on a sentence.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a about again all am an and any anymore are as at be been being by can could did do "
        "does every feel feeling feels for from get going had has have he her here him his "
        "how i if in is it just know like make makes me more much my no not now of off on one "
        "or out people really right she should so some something still than that the them "
        "then there they thing things think this time to too up us want wants was way we were "
        "what when who will with would you your over without one take took taking taken say "
        "says said only what never nothing ",
    )
)


_NUMBERS = {"##": r"\d{2,3}", "###": r"\d{3}", "####": r"(?:19|20)\d\d"}


class Pattern:
    """One pattern, compiled when first asked: a message needs few of the many.

    `anchors`: every match contains at least one of these words.
    """

    def __init__(self, source: str, anchors: frozenset[str]) -> None:
        self.source = source
        self.anchors = anchors

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The regular expression; it matches whole words of a sentence between spaces."""
        return re.compile(self.source)


def pattern(row: str, slots: Mapping[str, str], language: str = "en") -> Pattern:
    """Compile a row of the data file. `slots`: the phrases of each slot, with "|" between them.

    :raises ValueError: nothing in it says which messages are worth trying.
    :raises KeyError: a slot is unknown.
    """
    parts: list[str] = []
    candidates: list[frozenset[str]] = []
    for element in row.split():
        if element == "^":
            parts.append(r"(?<![^\s.?] )")
        elif element == "$":
            parts.append(r"(?=[.?]|$)")
        elif element.startswith(".."):
            parts.append(rf"(?:[^\s.?]+ ){{0,{int(element[2:])}}}")
        elif element.startswith("(") and element.endswith(")"):
            parts.append(f"(?:{_alternatives(_said(element[1:-1], slots, language))})?")
        else:
            phrases = _said(element, slots, language)
            parts.append(_alternatives(phrases))
            if not any(phrase == "$" or set(phrase) <= {"#"} for phrase in phrases):
                candidates.append(frozenset(map(_telling, phrases)))
    if not candidates:
        raise ValueError(f"pattern {row!r} has no word that must be there")
    anchors = min(candidates, key=lambda words: (len(words & _COMMON), len(words)))
    return Pattern("(?<= )" + "".join(parts), anchors)


def phrase(said: str) -> Pattern:
    """A phrase as people type it, put into plain words by the one normalizer."""
    words = plain(said)
    return Pattern("(?<= )" + re.escape(words + " "), frozenset({_telling(words)}))


@lru_cache(maxsize=16_384)
def _alternatives(phrases: frozenset[str]) -> str:
    # Longest first: the first alternative that fits is taken.
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "(?:" + "|".join(map(_expression, ordered)) + ")"


def _said(element: str, slots: Mapping[str, str], language: str) -> frozenset[str]:
    phrases = _phrases(element, slots)
    if language == "en":
        return frozenset(phrases)
    return frozenset(" ".join(map(_typed, phrase.split())) for phrase in phrases)


@lru_cache(maxsize=8192)
def _typed(word: str) -> str:
    return word if word[0] in "#$" else plain(word)


@lru_cache(maxsize=16_384)
def _expression(phrase: str) -> str:
    if phrase == "$":
        return r"(?=[.?]|$)"
    return "".join((_NUMBERS.get(word) or re.escape(word)) + " " for word in phrase.split())


def _phrases(element: str, slots: Mapping[str, str]) -> Iterator[str]:
    """Each phrase an element may stand for: "a/b_c/{slot}" → "a", "b c", the slot's phrases."""
    for part in element.split("/"):
        if part.startswith("{") and part.endswith("}"):
            for phrase in slots[part[1:-1]].split("|"):
                phrase = phrase.strip()
                if phrase.startswith("{"):
                    yield from _phrases(phrase, slots)
                elif phrase:
                    yield phrase
        elif part:
            yield part.replace("_", " ")


@lru_cache(maxsize=16_384)
def _telling(phrase: str) -> str:
    """The word of a phrase that is met least often: rare before common, long before short."""
    words = [word for word in phrase.split() if not word.startswith("#")]
    return min(words, key=lambda word: (word in _COMMON, -len(word), word))


def matches(pattern: Pattern, sentence: str) -> Iterator[tuple[int, int]]:
    """Where the pattern stands in a sentence (" words between spaces ")."""
    for found in pattern.expression.finditer(sentence):
        yield found.span()
