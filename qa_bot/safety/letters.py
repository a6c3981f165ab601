"""Characters as typed → plain letters: the first half of the one normalizer.

Undoes markup and escapes, drops invisible characters and marks, reads look-alike letters of
other alphabets as Latin ones, turns emoji into words, and decodes messages that are, as a whole, in
a code (base64, hex, ROT13, reversed, upside down). Leaves words to `repairing` and `normalizing`.
Standard library, and Unicode's look-alikes from `confusable_homoglyphs`; it can do without them.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

DATA = Path(__file__).with_name("letters.toml")

# Blank-looking characters that Unicode does not file under "format" or "mark".
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5"
_TAG = re.compile(r"<[^<>]{0,60}>")
# Chinese, Japanese and Korean do not put spaces where rules need them: one word a character.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LONGEST_CODE = 4000  # longer messages are never tried as base64, ROT13, reversed


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, Any]:
    """The tables of `letters.toml`."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def word_sets() -> Mapping[str, frozenset[str]]:
    """Its lists of words, by name."""
    words = {name: frozenset(listed) for name, listed in vocabulary()["words"].items()}
    words["segments"] = words["core"] | words["glue"]
    return words


def unescape(message: str) -> str:
    """A message without what machines write: entities, percent signs for letters, tags."""
    # Lone surrogates (undecodable input) become "?" rather than an error.
    text = message.encode("utf-8", "replace").decode("utf-8")
    for _ in range(2):  # "&amp;#105;" is escaped twice
        text = html.unescape(text)
    if re.search(r"(?:%[0-9a-fA-F]{2})", text):
        text = unquote(text)
    return _TAG.sub("", text)


def _invisible(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cf", "Mn", "Me", "Co")
        or character in _BLANKS
        or (unicodedata.category(character) == "Cc" and not character.isspace())
    )


class _Table(dict[int, str]):
    """A translation table that works out each character once, when it is first met."""

    def __init__(self, invisible: str) -> None:
        super().__init__()
        self._invisible = invisible
        self._letters: dict[str, str] = vocabulary()["letters"]
        self._emoji: dict[str, str] = vocabulary()["emoji"]

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in self._emoji:
            result = f" {self._emoji[character]} "
        elif code < 128:
            shown = " " <= character < "\x7f" or character.isspace()
            result = character if shown else self._invisible
        elif _invisible(character):
            result = "" if unicodedata.category(character) in ("Mn", "Me") else self._invisible
        elif character in "‘’ʼʹ`´′＇":
            result = "'"
        elif 0x1F1E6 <= code <= 0x1F1FF:  # flag letters
            result = chr(code - 0x1F1E6 + ord("a"))
        elif 0x1F130 <= code <= 0x1F189:  # squared and circled letters
            result = (
                chr((code - 0x1F130) % 32 % 26 + ord("a")) if (code - 0x1F130) % 32 < 26 else " "
            )
        else:
            result = self._letters.get(character) or _lookalike(character) or character
        self[code] = result
        return result


@lru_cache(maxsize=2)
def _table(invisible: str) -> _Table:
    return _Table(invisible)


def _lookalike(character: str) -> str:
    """The Latin letter that Unicode's confusables table gives for this one, "" without one."""
    if not character.isalpha() or unicodedata.category(character) == "Lo":
        return ""
    try:
        from confusable_homoglyphs import confusables
    except Exception:  # the table is a help, never a need: our own letters remain
        return ""
    found = confusables.is_confusable(character, greedy=True, preferred_aliases=[])
    for entry in found or ():
        for other in entry["homoglyphs"]:
            if len(other["c"]) == 1 and other["c"].isascii() and other["c"].isalpha():
                return str(other["c"]).lower()
    return ""


def has_invisible(text: str) -> bool:
    """Whether it holds characters that nobody sees."""
    return not text.isascii() and any(
        unicodedata.category(character) in ("Cf", "Co") or character in _BLANKS
        for character in set(text)
    )


def fold(text: str, invisible: str) -> str:
    """Lower case, compatibility forms undone, marks removed, look-alikes as Latin letters."""
    if not text.isascii():
        # NFKD takes the accents off; NFC puts Hangul syllables together again.
        text = unicodedata.normalize("NFKD", text).replace("\u0345", "")  # case folds to a letter
        text = text.casefold().translate(_table(invisible))
        text = unicodedata.normalize("NFC", text)
        text = _UNSPACED.sub(r" \g<0> ", text)
    else:
        text = text.translate(_table(invisible))
    return text.lower()


def decoded(text: str, reading: str) -> Iterator[str]:
    """What a message may say that is, as a whole, base64, hex, ROT13, reversed or upside down."""
    stripped = text.strip()
    if not 3 <= len(stripped) <= _LONGEST_CODE:
        return
    squeezed = re.sub(r"\s", "", stripped)
    if re.fullmatch(r"[A-Za-z0-9+/_-]{8,}={0,2}", squeezed) and stripped.count(" ") <= 1:
        with_padding = squeezed.replace("-", "+").replace("_", "/") + "=" * (-len(squeezed) % 4)
        yield from _printable(lambda: base64.b64decode(with_padding, validate=True))
    if re.fullmatch(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[\s,]?){6,}", stripped):
        digits = re.sub(r"0x|\\x|[\s,]", "", stripped)
        yield from _printable(lambda: bytes.fromhex(digits))
    upside_down: dict[str, str] = vocabulary()["upside_down"]
    if any(character in upside_down for character in set(stripped.lower()) if ord(character) > 127):
        turned = "".join(upside_down.get(character, character) for character in stripped.lower())
        yield turned
        yield turned[::-1]
    if not word_sets()["everyday"].intersection(word for word in reading.split() if len(word) > 1):
        yield codecs.encode(stripped, "rot13")
        yield stripped[::-1]


def _printable(decode: Any) -> Iterator[str]:
    try:
        text = decode().decode("utf-8")
    except (ValueError, binascii.Error):
        return
    if text.isprintable() or "\n" in text:
        yield text
