"""A text → its claims, as far as rules see them: what it counts, denies, limits, compares and names.

Word lists are data (`data/supporting.toml`). Leaves the comparison of two texts to `supporting`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_bot.words import STOPWORDS, stem

FILE = Path(__file__).parent / "data" / "supporting.toml"
REACH = 5  # content words that a negation reaches over
AROUND = 6  # words on either side of a number that tell what it is about
POSSIBLE = 4  # content words that "may" and "can" reach over
LIMITED = 2  # content words that a word such as "typically" limits

_TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+(?:[’'][^\W\d_]+)?|[%.,;:!?()–—]")
_NUMBERS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty"""
_NUMBER_WORDS = {word: str(value) for value, word in enumerate(_NUMBERS.split())} | {
    "half": "0.5", "twice": "2", "double": "2", "triple": "3", "third": "3", "thirty": "30",
    "forty": "40", "fifty": "50", "sixty": "60", "hundred": "100", "thousand": "1000",
    "million": "1000000", "millions": "1000000", "dozen": "12", "second": "2",
    "single": "1",
}  # fmt: skip
_UNITS = {
    "%": "%", "percent": "%", "day": "day", "week": "week", "month": "month", "year": "year",
    "hour": "hour", "minute": "minute", "second": "second", "mg": "mg", "mcg": "mcg",
    "milligram": "mg", "session": "session", "time": "time", "trial": "trial",
    "antidepress": "antidepressant", "medic": "medication", "patient": "people", "peopl": "people",
    "dose": "dose", "articl": "article",
}  # fmt: skip
_BOUNDS = {
    "at least": "≥", "minimum of": "≥", "or more": "≥", "no fewer than": "≥", "at minimum": "≥",
    "more than": ">", "over": ">", "above": ">", "exceeding": ">",
    "less than": "<", "under": "<", "below": "<", "fewer than": "<", "up to": "≤", "at most": "≤",
    "no more than": "≤", "maximum of": "≤",
    "about": "≈", "approximately": "≈", "around": "≈", "roughly": "≈", "nearly": "≈", "almost": "≈",
    "some": "≈", "exactly": "=", "precisely": "=", "just": "=", "only": "=", "an estimated": "≈",
}  # fmt: skip
_PEOPLE = frozenset(["people", "patients", "adults", "those", "everyone", "individuals"])
_COUNTING = frozenset(
    word for phrase in (*_BOUNDS, *_UNITS, *_NUMBER_WORDS) for word in phrase.split()
)
_AFTER = 3  # words between a number and its unit
_PUNCTUATION = frozenset(".,;:!?()–—")


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


@dataclass(frozen=True, slots=True)
class Count:
    """A number as said: its value, what it counts ("" if unclear), how it is bounded, and the stems of
    the content words around it."""

    value: str
    unit: str
    bound: str
    around: frozenset[str]


@dataclass(frozen=True, slots=True)
class Marked:
    """A word of a marked group, the stems of the words that it limits, and its place."""

    group: str
    word: str
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """What the rules see in one text. `denied`: for each negation, the stems it reaches."""

    tokens: tuple[Token, ...]
    counts: tuple[Count, ...]
    denied: tuple[tuple[str, ...], ...]
    marked: tuple[Marked, ...]

    @property
    def stems(self) -> frozenset[str]:
        """Of all words."""
        return frozenset(token.stem for token in self.tokens if token.stem)

    @property
    def content(self) -> tuple[str, ...]:
        """Stems of the content words that are no numbers, in order."""
        return tuple(t.stem for t in self.tokens if t.is_content and not t.text[0].isdigit())

    @property
    def asserted(self) -> frozenset[str]:
        """Stems of the content words that are also said without being denied."""
        denied = [s for reached in self.denied for s in reached]
        return frozenset(s for s in self.content if self.content.count(s) > denied.count(s))

    @property
    def people(self) -> tuple[str, ...]:
        """Of each mention of people: the stem of what they are or have ("with …"), "" if none."""
        found = []
        for place, token in enumerate(self.tokens):
            if token.text in _PEOPLE:
                after = self.tokens[place + 1 : place + 2]
                told = bool(after) and after[0].text in (
                    "with",
                    "who",
                    "whose",
                    "labeled",
                    "in",
                    "across",
                    "of",
                )
                rest = _reached(self.tokens, place + 2, 1, ends=False) if told else []
                found.append(self.tokens[rest[0]].stem if rest else "")
        return tuple(found)

    @property
    def cause_and_effect(self) -> tuple[frozenset[str], frozenset[str]] | None:
        """Content stems of a cause and of what comes of it; None unless just one word tells so."""
        links = [i for i, token in enumerate(self.tokens) if token.text in rules().causes]
        if len(links) != 1:
            return None
        before, after = (
            frozenset(t.stem for t in side if t.is_content)
            for side in (self.tokens[: links[0]], self.tokens[links[0] + 1 :])
        )
        return (
            (before, after) if rules().causes[self.tokens[links[0]].text] > 0 else (after, before)
        )

    @property
    def ways(self) -> frozenset[tuple[str, str]]:
        """What something goes from or to: pairs of the preposition and the next content stem."""
        return frozenset(
            (token.text, self.tokens[reached[0]].stem)
            for place, token in enumerate(self.tokens)
            if token.text in ("from", "into", "to")
            and (reached := _reached(self.tokens, place + 1, 1, ends=False))
        )

    @property
    def groups(self) -> frozenset[str]:
        """Names of the marked groups that occur."""
        return frozenset(one.group for one in self.marked)


@dataclass(frozen=True, slots=True)
class Rules:
    """The data file, by stem."""

    negations: frozenset[str]
    contrasts: tuple[tuple[str, ...], ...]
    clause_ends: frozenset[str]
    verbs: frozenset[str]
    marked: Mapping[str, tuple[str, ...]]  # word → names of groups
    kept: frozenset[str]  # names of groups
    compared: frozenset[str]  # words that rules compare, so that meaning need not
    narrowing: frozenset[str]
    opposites: tuple[tuple[frozenset[str], frozenset[str]], ...]
    same: Mapping[str, frozenset[str]]  # stem → stems that may stand for it
    causes: Mapping[str, int]  # word → 1 if what follows it comes of what precedes it, else -1
    aliases: Mapping[str, str]  # long form, in lower case → the name it is read as


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules that come with the product."""
    data: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    marked: dict[str, tuple[str, ...]] = {}
    for group in data["marked"]:
        for word in group["words"]:
            marked[word] = (*marked.get(word, ()), group["name"])
    links = {word for phrase in data["contrasts"] for word in phrase.split()}
    same: dict[str, frozenset[str]] = {}
    for line in data["same"]["groups"]:
        members = frozenset(map(stem, line.split()))
        for member in members:
            same[member] = same.get(member, frozenset()) | members
    return Rules(
        negations=frozenset(data["negations"]),
        contrasts=tuple(tuple(phrase.split()) for phrase in data["contrasts"]),
        clause_ends=frozenset(data["clause_ends"]),
        verbs=frozenset(data["verbs"]),
        marked=marked,
        compared=frozenset(
            {*marked, *links, *data["negations"], *_COUNTING, *data["light"]["words"]}
        ),
        kept=frozenset(group["name"] for group in data["marked"] if group.get("keep")),
        narrowing=frozenset(
            stem(part) for word in data["narrowing"]["words"] for part in word.split("-")
        ),
        opposites=tuple(
            (frozenset(map(stem, one.split())), frozenset(map(stem, other.split())))
            for one, other in data["opposites"]["pairs"]
        ),
        same=same,
        causes=dict.fromkeys(data["causes"]["forward"], 1)
        | dict.fromkeys(data["causes"]["backward"], -1),
        aliases=data["aliases"],
    )


def without_asides(text: str) -> str:
    """`text` without what stands in parentheses."""
    return re.sub(r"\([^()]*\)", "", text)


def claims(text: str, vocabulary: Iterable[str] = ()) -> Claims:
    """Read `text`. `vocabulary`: stems that a word with "un-" or "in-" may be the denial of."""
    tokens = tuple(
        Token(
            t := found[0].casefold(),
            stem(t) if t not in _PUNCTUATION else "",
            found[0][0].isupper(),
        )
        for found in _TOKEN.finditer(text)
    )
    known = {*vocabulary, *(token.stem for token in tokens)}
    return Claims(
        tokens, tuple(_counts(tokens)), tuple(_denied(tokens, known)), tuple(_marked(tokens))
    )


def name_stem(word: str) -> str:
    """The stem of a word as written; an abbreviation also loses its plural ("SSRIs"). "" for marks."""
    if word in _PUNCTUATION:
        return ""
    if word.endswith("s") and word[:-1].isupper():
        return word[:-1].casefold()
    return (
        word.casefold() if word.casefold() == "medical" else stem(word)
    )  # "medication" is another


def _counts(tokens: tuple[Token, ...]) -> Iterable[Count]:
    for place, token in enumerate(tokens):
        value = _value(token, tokens[place - 1 : place], tokens[place + 1 : place + 2])
        if not value:
            continue
        unit = ""
        for after in tokens[place + 1 : place + 2 + _AFTER]:
            if after.text in _PUNCTUATION - {"–"}:
                break
            if found := _UNITS.get(after.stem) or _UNITS.get(after.text):
                unit = found
                break
        before = " ".join(t.text for t in tokens[max(0, place - 3) : place])
        bound = next((b for words, b in _BOUNDS.items() if before.endswith(words)), "")
        after_words = " ".join(t.text for t in tokens[place + 1 : place + 3])
        if after_words.startswith("or more"):
            bound = "≥"
        near = (*tokens[max(0, place - AROUND) : place], *tokens[place + 1 : place + AROUND])
        around = frozenset(t.stem for t in near if t.is_content or t.text in _PEOPLE)
        yield Count(value, unit, bound, around)


def _value(token: Token, before: tuple[Token, ...], after: tuple[Token, ...]) -> str:
    if token.text[0].isdigit():
        return token.text.replace(",", "").rstrip(".")
    if token.text == "second" and before and before[0].text in ("a", "add", "adding"):
        return ""
    if token.text == "one":  # "another one", "the one that": no number
        stands_alone = not after or not (after[0].is_content or after[0].text in ("of", "or", "to"))
        if stands_alone or (before and before[0].text in ("another", "this", "the", "no")):
            return ""
    return _NUMBER_WORDS.get(token.text, "")


def _denied(tokens: tuple[Token, ...], known: set[str]) -> Iterable[tuple[str, ...]]:
    reach: list[list[int]] = []
    flips = [0] * len(tokens)
    bases = {place: base for place, t in enumerate(tokens) if (base := _base(t, known))}
    for place, token in enumerate(tokens):
        start = _opens(tokens, place)
        if start:
            span = {"non": 1, "sub": 1, "below": 1, "no": 2}.get(token.text, REACH)
            forward = _reached(tokens, start, span)
            # "… when other medications have not." denies what comes before.
            reach.append(forward or _before(tokens, place))
        if place in bases:
            reach.append([place])
    for places in reach:
        for place in places:
            flips[place] += 1
    for places in reach:
        # Denied twice is said: "does not mean untreatable".
        found = tuple(bases.get(p, tokens[p].stem) for p in places if flips[p] % 2)
        if found:
            yield found


def _opens(tokens: tuple[Token, ...], place: int) -> int:
    """Where the reach of a negation at `place` starts; 0 if none opens there."""
    text = tokens[place].text.replace("’", "'")
    if text in rules().negations or text.endswith("n't"):
        return place + 1
    for phrase in rules().contrasts:
        if tuple(t.text for t in tokens[place : place + len(phrase)]) == phrase:
            return place + len(phrase)
    return 0


def _reached(tokens: tuple[Token, ...], start: int, span: int, *, ends: bool = True) -> list[int]:
    """Places of the next content words of the clause; `ends`: it ends before "but", "who" and such."""
    found: list[int] = []
    for place in range(start, len(tokens)):
        token = tokens[place]
        listed = token.text == "," and any(t.text == "or" for t in tokens[place + 1 : place + 5])
        if (token.text in _PUNCTUATION and not listed) or len(found) == span:
            break
        if ends and (token.text in rules().clause_ends or _opens(tokens, place)):
            break
        if ends and found and token.text in rules().verbs:
            break  # "… that has not responded need …": another verb, another claim
        if token.is_content:
            found.append(place)
    return found


def _before(tokens: tuple[Token, ...], place: int) -> list[int]:
    found = [p for p in range(place) if tokens[p].is_content]
    return found[-LIMITED:]


def _base(token: Token, known: set[str]) -> str:
    """The stem that a word with a denying prefix denies; "" if it denies none that is known."""
    if token.text in ("inpatient", "indeed", "into", "invisible"):
        return ""
    for prefix in ("non", "un", "in", "im", "ir", "dis"):
        rest = token.text.removeprefix(prefix)
        if rest != token.text and len(rest) > 3 and stem(rest) in known:
            return stem(rest)
    return ""


def _marked(tokens: tuple[Token, ...]) -> Iterable[Marked]:
    for place, token in enumerate(tokens):
        for group in rules().marked.get(token.text, ()):
            span = POSSIBLE if group == "possibility" else LIMITED
            limits = [tokens[p].stem for p in _reached(tokens, place + 1, span, ends=False)]
            yield Marked(group, token.text, tuple(limits))
