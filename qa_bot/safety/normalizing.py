"""The one normalizer: a message as typed → the plain words that safety rules are written in.

Undoes disguise (`letters`, `repairing`), puts split words together, expands contractions and slang,
and marks sentence ends. Rules and messages go through the same function: a second normalizer
anywhere would be a way round the rules.

    readings("K1ll mys3lf 2nite?!")  →  (" kill myself tonight ? ",)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from qa_bot.safety.letters import decoded, fold, has_invisible, unescape, vocabulary, word_sets
from qa_bot.safety.repairing import segment, token_words

_SPLIT = re.compile(r"(?<![a-z0-9])[a-z](?:[\s._\-/*,|+~'\"]{1,3}[a-z]){2,}(?![a-z0-9])")
_TOKEN = re.compile(r"\S+")


def readings(message: str) -> tuple[str, ...]:
    """The message in plain words, once for every way it may be meant, likeliest first.

    Each reading is lower case, its words and sentence marks ("." and "?") separated by single
    spaces, with one space at either end. Never empty; never raises on any `str`.
    """
    text = unescape(message)
    found = [_words(fold(text, ""))]
    if has_invisible(text):
        found.append(_words(fold(text, " ")))
    found.extend(_words(fold(code, "")) for code in decoded(text, found[0]))
    return tuple(dict.fromkeys(found))


def plain(text: str) -> str:
    """The first reading without the spaces at its ends: how phrases in data files are stored."""
    return _words(fold(unescape(text), "")).strip()


def _words(text: str) -> str:
    text = _SPLIT.sub(_joined_letters, text)
    words: list[str] = []
    for token in _TOKEN.findall(text):
        words.extend(token_words(token))
    words = list(_rejoined(words))
    phrase = " " + " ".join(words) + " "
    pattern, table = _joins()
    # Twice: "un alive my self" shares the space between its two phrases.
    for _ in range(2):
        phrase = pattern.sub(lambda found: " " + table[found.group(1)] + " ", phrase)
    return phrase


@lru_cache(maxsize=1)
def _joins() -> tuple[re.Pattern[str], Mapping[str, str]]:
    table: dict[str, str] = vocabulary()["join"]
    longest_first = sorted(table, key=len, reverse=True)
    return re.compile(" (" + "|".join(map(re.escape, longest_first)) + ") "), table


def _joined_letters(found: re.Match[str]) -> str:
    """ "k.i.l.l  m-y-s-e-l-f" → "kill myself"; left alone unless the letters spell known words."""
    run = found.group()
    letters = [re.sub(r"[^a-z]", "", part) for part in re.split(r"\s{2,}|\n|\s[/|]\s", run)]
    parts = [segment(part) for part in letters]
    if len(letters) > 1 and not any(parts):
        parts = [segment("".join(letters))]
    if any(parts):
        spelled = [part or letter for part, letter in zip(parts, letters, strict=False)]
        return " ".join(spelled)
    # "i am k m s": the run may begin with the words "i" or "a".
    whole = "".join(letters)
    for skip in (1, 2):
        rest = segment(whole[skip:])
        if rest:
            return " ".join((*whole[:skip], rest))
    return run


def _rejoined(words: list[str]) -> Iterator[str]:
    """ "sui cide", "ki ll" → one core word, where a part is no everyday word by itself."""
    sets = word_sets()
    place = 0
    while place < len(words):
        for count in (3, 2):
            parts = words[place : place + count]
            whole = "".join(parts)
            if (
                len(parts) == count
                and 3 <= len(whole) <= 12
                and whole in sets["core"]
                and whole not in ("hang", "harm", "hurt", "rape", "kms", "kys")
                and not all(part in sets["glue"] or part in sets["everyday"] for part in parts)
            ):
                yield whole
                place += count
                break
        else:
            yield words[place]
            place += 1
