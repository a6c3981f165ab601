"""A text → its claims, as far as rules see them: what it counts, denies, limits, compares and names.

Word lists stand in `claim_words`. Leaves the comparison of two texts to `claim_rules`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_bot.composing.claim_counts import Count, counts
from qa_bot.composing.claim_tokens import Token, read
from qa_bot.composing.claim_words import PEOPLE, PUNCTUATION, TOLD_BY, rules
from qa_bot.words import stem

REACH = 5  # content words that a negation reaches over
POSSIBLE = 4  # content words that "may" and "can" reach over
LIMITED = 2  # content words that a word such as "typically" limits

_APART = frozenset(("different", "differently", "differs", "differ", "apart", "aside"))
_REACHES = {"non": 1, "sub": 1, "below": 1, "no": 2}  # content words that these reach over
_FAILS = ("fail", "fails", "failed", "failing", "failure")


@dataclass(frozen=True, slots=True)
class Marked:
    """A word of a marked group, and the stems of the words that it limits. `after_comma`: it begins a
    clause of its own."""

    group: str
    word: str
    limits: tuple[str, ...]
    after_comma: bool = False


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
    def neighbors(self) -> Iterable[tuple[str, str]]:
        """Pairs of stems of content words with no mark between them, in order."""
        before = ""
        for token in self.tokens:
            if token.is_content and not token.text[0].isdigit():
                if before:
                    yield before, token.stem
                before = token.stem
            elif token.text in PUNCTUATION:
                before = ""

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
            if token.text in PEOPLE:
                after = self.tokens[place + 1 : place + 2]
                told = bool(after) and after[0].text in TOLD_BY
                if token.text == "those" and not told:
                    continue  # "those restrictions"
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


def claims(text: str, vocabulary: Iterable[str] = ()) -> Claims:
    """Read `text`. `vocabulary`: stems that a word with "un-" or "in-" may be the denial of."""
    tokens = read(text)
    known = {*vocabulary, *(token.stem for token in tokens)}
    return Claims(
        tokens, tuple(counts(tokens)), tuple(_denied(tokens, known)), tuple(_marked(tokens))
    )


def _denied(tokens: tuple[Token, ...], known: set[str]) -> Iterable[tuple[str, ...]]:
    reach: list[list[int]] = []
    flips = [0] * len(tokens)
    bases = {place: base for place, t in enumerate(tokens) if (base := _base(t, known))}
    for place, token in enumerate(tokens):
        start = _opens(tokens, place)
        if start:
            span = _REACHES.get(token.text, REACH)
            # "failure to respond at an adequate dose" denies the response.
            ends = [p for p in range(start, len(tokens)) if tokens[p].text == "at"]
            end = ends[0] if ends and token.text in _FAILS else len(tokens)
            forward = _reached(tokens[:end], start, span)
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
    # "not that depression is untreatable" denies all of it.
    whole = [t.text for t in tokens[start : start + 1]] == ["that"]
    for place in range(start, len(tokens)):
        token = tokens[place]
        listed = token.text == "," and any(t.text == "or" for t in tokens[place + 1 : place + 5])
        if (token.text in PUNCTUATION and not listed) or len(found) == span:
            break
        if ends and (token.text in rules().clause_ends or _opens(tokens, place)):
            break
        if ends and found and not whole and token.text in rules().verbs:
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
        if token.text == "more" and place and tokens[place - 1].text == "or":
            continue  # "two or more": a bound, and counted as one
        if token.text == "from" and {t.text for t in tokens[max(0, place - 3) : place]} & _APART:
            continue  # "different from": no cause
        for group in rules().marked.get(token.text, ()):
            span = POSSIBLE if group == "possibility" else LIMITED
            reached = _reached(tokens, place + 1, span, ends=False)
            if group == "possibility" and not reached:
                reached = _before(tokens, place)  # "… is possible."
            limits = [tokens[p].stem for p in reached]
            comma = place > 0 and tokens[place - 1].text == ","
            yield Marked(group, token.text, tuple(limits), comma)
