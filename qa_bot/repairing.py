"""One run of non-spaces → the plain words it stands for: disguises, slips and short forms undone.

Words are only repaired *into* a short list of core words and known short forms, so drug names,
doses and "5-HT" come through untouched. Leaves what needs several words to `normalizing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from qa_bot.letters import vocabulary, word_sets

_LEET = str.maketrans("013457@$!|+8€£¡", "oieastasiltbeli")
_LEET_L = str.maketrans("1!|", "lll")
_WILD = "*#_.@$!%&-+=~^?0123456789"
_PIECE = re.compile(r"[^\W_]+|[.!?;:\u2026\u3002\uff01\uff1f\u061f\u0964]+")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_LONGEST_WORD = 48  # longer tokens are never repaired: bounds the work on hostile input


@lru_cache(maxsize=8192)
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


@lru_cache(maxsize=4096)
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
    token = re.sub(r"n't\b", "n't", token)
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


@lru_cache(maxsize=16384)
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
    for word in sorted(words["near"]):
        if token[0] != word[0]:
            continue  # a different first letter makes a different word: "billing" is not "killing"
        distance = _distance(token, word)
        # Two slips must leave the end alone: "suicidio", "overdone" are words of their own.
        if distance == 1 or (
            distance == 2 and len(word) >= 7 and len(token) >= 6 and token[-2:] == word[-2:]
        ):
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
