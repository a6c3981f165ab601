"""The one normalizer: a message as typed → the plain words that safety rules are written in.

`readings("I c*n't  d1̸e…")` undoes disguise (invisible characters, look-alike letters, leetspeak,
wildcards, split or drawn-out letters, markup, encodings), expands contractions and slang, and
marks sentence ends. Words are only repaired *into* a short list of core words, so drug names, doses
and "5-HT" come through untouched. Rules and messages go through the same function: a second
normalizer anywhere would be a way round the rules. Standard library, and the optional table of
Unicode look-alikes from `confusable_homoglyphs`.

    readings("K1ll mys3lf 2nite?!")  →  (" kill myself tonight ? ",)
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
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote

DATA = Path(__file__).parent / "data" / "normalizing.toml"

# Blank-looking characters that Unicode does not file under "format" or "mark".
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5"
_LEET = str.maketrans("013457@$!|+8€£¡", "oieastasiltbeli")
_LEET_L = str.maketrans("1!|", "lll")
_WILD = "*#_.@$!%&-+=~^?0123456789"
_SPLIT = re.compile(r"(?<![a-z0-9])[a-z](?:[\s._\-/*,|+~'\"]{1,3}[a-z]){2,}(?![a-z0-9])")
_TAG = re.compile(r"<[^<>]{0,60}>")
_TOKEN = re.compile(r"\S+")
_PIECE = re.compile(r"[^\W_]+|[.!?;:\u2026\u3002\uff01\uff1f\u061f\u0964]+")
# Chinese, Japanese and Korean do not put spaces where rules need them: one word a character.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_LONGEST_WORD = 48  # longer tokens are never repaired: bounds the work on hostile input
_LONGEST_CODE = 4000  # longer messages are never tried as base64, ROT13, reversed


def readings(message: str) -> tuple[str, ...]:
    """The message in plain words, once for every way it may be meant, likeliest first.

    Each reading is lower case, its words and sentence marks ("." and "?") separated by single
    spaces, with one space at either end. Never empty; never raises on any `str`.
    """
    text = _unescape(message)
    found = [_words(_fold(text, ""))]
    if _has_invisible(text):
        found.append(_words(_fold(text, " ")))
    found.extend(_words(_fold(decoded, "")) for decoded in _decoded(text, found[0]))
    return tuple(dict.fromkeys(found))


def plain(text: str) -> str:
    """The first reading without the spaces at its ends: how phrases in data files are stored."""
    return readings(text)[0].strip()


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _sets() -> dict[str, frozenset[str]]:
    words = {name: frozenset(listed) for name, listed in _data()["words"].items()}
    words["segments"] = words["core"] | words["glue"]
    return words


# Characters ---------------------------------------------------------------------------------------


def _unescape(message: str) -> str:
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
        self._letters: dict[str, str] = _data()["letters"]
        self._emoji: dict[str, str] = _data()["emoji"]

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in self._emoji:
            result = f" {self._emoji[character]} "
        elif code < 128:
            result = character if character >= " " or character.isspace() else self._invisible
        elif _invisible(character):
            result = "" if unicodedata.category(character) in ("Mn", "Me") else self._invisible
        elif character in "‘’ʼʹ`´′＇":
            result = "'"
        elif 0x1F1E6 <= code <= 0x1F1FF:  # flag letters
            result = chr(code - 0x1F1E6 + ord("a"))
        elif 0x1F130 <= code <= 0x1F189:  # squared and circled letters
            result = chr((code - 0x1F130) % 32 % 26 + ord("a")) if (code - 0x1F130) % 32 < 26 else " "
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


def _has_invisible(text: str) -> bool:
    return not text.isascii() and any(
        unicodedata.category(character) in ("Cf", "Co") or character in _BLANKS
        for character in set(text)
    )


def _fold(text: str, invisible: str) -> str:
    """Lower case, compatibility forms undone, marks removed, look-alikes as Latin letters."""
    if not text.isascii():
        # NFKD takes the accents off; NFC puts Hangul syllables together again.
        text = unicodedata.normalize("NFKD", text).casefold().translate(_table(invisible))
        text = unicodedata.normalize("NFC", text)
        text = _UNSPACED.sub(r" \g<0> ", text)
    else:
        text = text.translate(_table(invisible))
    return text.lower()


# Words --------------------------------------------------------------------------------------------


def _words(text: str) -> str:
    text = _SPLIT.sub(_joined_letters, text)
    words: list[str] = []
    for token in _TOKEN.findall(text):
        words.extend(_token_words(token))
    words = list(_rejoined(words))
    phrase = " " + " ".join(words) + " "
    pattern, table = _joins()
    # Twice: "un alive my self" shares the space between its two phrases.
    for _ in range(2):
        phrase = pattern.sub(lambda found: " " + table[found.group(1)] + " ", phrase)
    return phrase


@lru_cache(maxsize=1)
def _joins() -> tuple[re.Pattern[str], Mapping[str, str]]:
    table: dict[str, str] = _data()["join"]
    longest_first = sorted(table, key=len, reverse=True)
    return re.compile(" (" + "|".join(map(re.escape, longest_first)) + ") "), table


def _joined_letters(found: re.Match[str]) -> str:
    """ "k.i.l.l  m-y-s-e-l-f" → "kill myself"; left alone unless the letters spell known words."""
    run = found.group()
    letters = [re.sub(r"[^a-z]", "", part) for part in re.split(r"\s{2,}|\n|\s[/|]\s", run)]
    parts = [segment(part) for part in letters] if len(letters) > 1 else [segment(letters[0])]
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


@lru_cache(maxsize=4096)
def segment(run: str) -> str:
    """Letters without spaces → known words, at least one of them a core word; "" if impossible.

    segment("iwanttodie") == "i want to die"
    """
    if not 3 <= len(run) <= _LONGEST_WORD:
        return ""
    words = _sets()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - 12), end):
            before, word = best[start], run[start:end]
            if before is None or word not in words["segments"]:
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or ()):
                best[end] = (*before, word)
    split = best[len(run)]
    if not split or not words["core"].intersection(split):
        return ""
    return " ".join(split)


@lru_cache(maxsize=8192)
def _token_words(token: str) -> tuple[str, ...]:
    """One run of non-spaces → its words and sentence marks."""
    bare = token.strip("'\"()[]{}<>,.;:!?*_~`…“”«»¿¡-")
    repaired = _repaired(bare.replace("'", ""))
    if repaired:
        return (*repaired.split(), *_marks(token[token.rfind(bare) + len(bare) :]))
    if "'" in bare:
        token = _apostrophes(token)
    words: list[str] = []
    for piece in _PIECE.findall(token):
        if not piece[0].isalnum():
            words.extend(_marks(piece))
        else:
            words.extend((_repaired(piece) or piece).split())
    return tuple(words)


def _apostrophes(token: str) -> str:
    """ "they'd" → "they would", "mom's" → "mom"; the few clear endings, elsewhere just dropped."""
    token = re.sub(r"n't\b", "n't", token)
    head, _, tail = token.partition("'")
    ending = re.match(r"(ll|d|ve|re|m|s)(?![a-z])", tail)
    if not ending:
        return token.replace("'", "")
    whole = {"ll": "will", "d": "would", "ve": "have", "re": "are", "m": "am", "s": ""}
    spoken = whole[ending.group(1)]
    if ending.group(1) == "s" and head in ("he", "she", "it", "that", "there", "what", "who", "how"):
        spoken = "is"
    return f"{head} {spoken} {tail[ending.end() :]}"


def _marks(text: str) -> tuple[str, ...]:
    if any(mark in text for mark in "?؟？"):
        return ("?",)
    return (".",) if any(mark in text for mark in ".!;:…。！।") else ()


@lru_cache(maxsize=16384)
def _repaired(token: str) -> str:
    """The word(s) that a disguised, drawn-out, misspelled or shortened token stands for, or ""."""
    if not token or len(token) > _LONGEST_WORD:
        return ""
    expand: dict[str, str] = _data()["expand"]
    words = _sets()
    if token in expand:
        return expand[token]
    if token in words["core"]:
        return token
    if not token.isascii():
        return ""
    if not token.isalpha():
        for candidate in _undisguised(token):
            if candidate in words["core"]:
                return expand.get(candidate, candidate)
        return _wildcard(token)
    if _DRAWN_OUT.search(token):
        return _shortened(token)
    if len(token) >= 7 and (split := segment(token)):
        return " ".join(expand.get(word, word) for word in split.split())
    return _near(token)


def _undisguised(token: str) -> Iterator[str]:
    if not any(character.isalpha() for character in token):
        return
    letters = re.sub(r"[^a-z]", "", token)
    if len(letters) >= 4:  # "ki**ll", "un-alive"; shorter would read "d-e-a…" into chance
        yield letters
    for table in (_LEET, _LEET_L):
        leet = re.sub(r"[^a-z]", "", token.translate(table).translate(_LEET))
        yield leet
        yield _DRAWN_OUT.sub(r"\1", leet)


def _wildcard(token: str) -> str:
    """ "s**cide" → "suicide": at least half the letters are given, the first among them."""
    known = sum(character.isalpha() for character in token)
    if not token[0].isalpha() or known * 2 < len(token) or any(c.isdigit() for c in token):
        return ""
    if not all(character.isalpha() or character in _WILD for character in token):
        return ""
    pattern = re.compile("".join(c if c.isalpha() else "[a-z]" for c in token))
    for word in sorted(_sets()["core"]):
        if len(word) == len(token) and pattern.fullmatch(word):
            return word
    # "s*icide" has its count right; "su*cide" may also stand for several letters.
    loose = re.compile("".join(c if c.isalpha() else "[a-z]{0,3}" for c in token))
    for word in sorted(_sets()["near"]):
        if known * 2 > len(word) and loose.fullmatch(word):
            return word
    return ""


def _shortened(token: str) -> str:
    """ "diiiie" → "die", "killlll" → "kill": each drawn-out letter once or twice."""
    parts = _DRAWN_OUT.split(token)  # plain, letter, plain, letter, …, plain
    letters = parts[1::2][:6]
    expand: dict[str, str] = _data()["expand"]
    words = _sets()
    for counts in product((1, 2), repeat=len(letters)):
        spelled = parts[0]
        for letter, count, after in zip(letters, counts, parts[2::2], strict=False):
            spelled += letter * count + after
        if spelled in words["core"] or spelled in words["glue"] or spelled in expand:
            return expand.get(spelled, spelled)
        if len(spelled) >= 7 and (split := segment(spelled)):
            return split
    return _DRAWN_OUT.sub(r"\1", token)


def _near(token: str) -> str:
    """The long core word that is one slip away (two from seven letters on), or ""."""
    words = _sets()
    if len(token) < 5 or token in words["keep"] or token in words["glue"]:
        return ""
    for word in sorted(words["near"]):
        allowed = 2 if len(word) >= 7 and len(token) >= 6 else 1
        # A different first letter makes a different word: "billing" is not "killing".
        if token[0] == word[0] and token != word and _distance(token, word) <= allowed:
            # Two slips must leave the end alone: "suicidio", "overdone" are words of their own.
            if allowed == 1 or _distance(token, word) == 1 or token[-2:] == word[-2:]:
                return word
    return ""


def _distance(left: str, right: str) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours; 3 means three or more."""
    if abs(len(left) - len(right)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return min(row[-1], 3)


def _rejoined(words: list[str]) -> Iterator[str]:
    """ "sui cide", "ki ll" → one core word, where a part is no everyday word by itself."""
    sets = _sets()
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


# Whole messages in code ---------------------------------------------------------------------------


def _decoded(text: str, reading: str) -> Iterator[str]:
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
    upside_down: dict[str, str] = _data()["upside_down"]
    if any(character in upside_down for character in set(stripped.lower()) if ord(character) > 127):
        turned = "".join(upside_down.get(character, character) for character in stripped.lower())
        yield turned
        yield turned[::-1]
    if not _sets()["everyday"].intersection(word for word in reading.split() if len(word) > 1):
        yield codecs.encode(stripped, "rot13")
        yield stripped[::-1]


def _printable(decode: Any) -> Iterator[str]:
    try:
        text = decode().decode("utf-8")
    except (ValueError, binascii.Error):
        return
    if text.isprintable() or "\n" in text:
        yield text
