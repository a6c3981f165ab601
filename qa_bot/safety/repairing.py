"""One run of non-spaces → the plain words it stands for: disguises, slips and short forms undone.

Words are only repaired *into* a short list of core words and known short forms, so drug names,
doses and "5-HT" come through untouched. Leaves what needs several words to `normalizing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from rapidfuzz.distance import OSA

from qa_bot.safety.letters import vocabulary, word_sets

_LEET = str.maketrans("013457@$!|+8€£¡", "oieastasiltbeli")
_LEET_L = str.maketrans("1!|", "lll")
_WILD = "*#_.@$!%&-+=~^?0123456789"
_PIECE = re.compile(r"[^\W_]+|[.!?;:\u2026\u3002\uff01\uff1f\u061f\u0964]+")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_LONGEST_WORD = 48  # longer tokens are never repaired: bounds the work on hostile input


def token_words(token: str) -> tuple[str, ...]:
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


def segment(run: str) -> str:
    """Letters without spaces → known words, at least one of them a core word; "" if impossible.

    segment("iwanttodie") == "i want to die"
    """
    if not 3 <= len(run) <= _LONGEST_WORD:
        return ""
    words = word_sets()
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


def _apostrophes(token: str) -> str:
    """ "they'd" → "they would", "mom's" → "mom"; the few clear endings, elsewhere just dropped."""
    head, _, tail = token.partition("'")
    ending = re.match(r"(ll|d|ve|re|m|s)(?![a-z])", tail)
    if not ending:
        return token.replace("'", "")
    whole = {"ll": "will", "d": "would", "ve": "have", "re": "are", "m": "am", "s": ""}
    spoken = whole[ending.group(1)]
    if ending.group(1) == "s" and head in (
        "he",
        "she",
        "it",
        "that",
        "there",
        "what",
        "who",
        "how",
    ):
        spoken = "is"
    return f"{head} {spoken} {tail[ending.end() :]}"


def _marks(text: str) -> tuple[str, ...]:
    if any(mark in text for mark in "?؟？"):
        return ("?",)
    return (".",) if any(mark in text for mark in ".!;:…。！।") else ()


def _repaired(token: str) -> str:
    """The word(s) that a disguised, drawn-out, misspelled or shortened token stands for, or ""."""
    if not token or len(token) > _LONGEST_WORD:
        return ""
    expand: dict[str, str] = vocabulary()["expand"]
    words = word_sets()
    if token in expand:
        return expand[token]
    if token in words["core"]:
        return token
    if not token.isascii():
        return ""
    if not token.isalpha():
        for candidate in _undisguised(token):
            if candidate in words["segments"]:
                return str(expand.get(candidate, candidate))
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
    for word in sorted(word_sets()["core"]):
        if len(word) == len(token) and pattern.fullmatch(word):
            return word
    # "s*icide" has its count right; "su*cide" may also stand for several letters.
    loose = re.compile("".join(c if c.isalpha() else "[a-z]{0,3}" for c in token))
    for word in sorted(word_sets()["near"]):
        if known * 2 > len(word) and loose.fullmatch(word):
            return word
    return ""


def _shortened(token: str) -> str:
    """ "diiiie" → "die", "killlll" → "kill": each drawn-out letter once or twice."""
    parts = _DRAWN_OUT.split(token)  # plain, letter, plain, letter, …, plain
    letters = parts[1::2][:6]
    expand: dict[str, str] = vocabulary()["expand"]
    words = word_sets()
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
    words = word_sets()
    if len(token) < 5 or token in words["keep"] or token in words["glue"]:
        return ""
    # A different first letter makes a different word: "billing" is not "killing".
    alike = (word for word in words["near"] if word[0] == token[0])
    return min((word for word in alike if _is_slip(token, word)), default="")


def _is_slip(token: str, word: str) -> bool:
    distance = OSA.distance(token, word, score_cutoff=2)
    # Two slips must leave the end alone: "suicidio", "overdone" are words of their own.
    return distance == 1 or (
        distance == 2 and len(word) >= 7 and len(token) >= 6 and token[-2:] == word[-2:]
    )
