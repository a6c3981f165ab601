"""The rules by which one text says no more than another: numbers, denials, limits, order.

Each gets the claims of a statement and those of its sentences, and gives why the one is not held by the
other, "" if it is. Meaning is `supporting`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable

from qa_bot.composing.claim_words import rules
from qa_bot.composing.claims import Claims
from qa_bot.words import stem

TURNED = 0.66  # share of pairs of words in the other order, from which a statement is turned round

LINKS = (
    "than",
    "rather",
    "before",
    "after",
    "when",
    "not",
    "to",
)  # what changes sides is turned round


def numbers(said: Claims, held: Claims) -> str:
    """Whether each number is one of the sentences', of the same thing and bounded the same way."""
    for count in said.counts:
        same = [h for h in held.counts if h.value == count.value]
        if not same:
            return f"a number that its sentences do not have: {count.value}"
        if count.unit and not any(h.unit in (count.unit, "") for h in same):
            return f"a number of something else: {count.value} {count.unit}"
        is_year = len(count.value) == 4 and count.value.startswith(("19", "20"))
        if (
            count.around
            and not is_year
            and not any(shared(count.around, h.around) for h in same if h.around)
        ):
            return f"a number of something else: {count.value}"
        estimated = count.bound == "≈" and "estimate" in held.groups
        if not estimated and not any(h.bound == count.bound for h in same):
            return f"a number with another bound: {count.bound or 'exactly'} {count.value}"
    return ""


def negations(said: Claims, held: Claims) -> str:
    """Whether the statement denies what the sentences do not, or says what they deny."""
    for reached in said.denied:
        first = reached[:3]
        found = [sum(shared([s], other) for s in first) for other in held.denied]
        same_thing = any(first[0] in other for other in held.denied)
        if max(found, default=0) * 2 < len(first) and not same_thing:
            return f"a denial that its sentences do not have: {' '.join(reached)}"
    for reached in held.denied:
        near = reached[:2]
        met = [s for s in near if shared([s], said.content)]
        kept = any(shared(reached, other) for other in said.denied)
        if len(met) * 2 >= max(1, len(near)) and not kept and not held.asserted.issuperset(met):
            return f"leaves out a denial: {' '.join(reached)}"
    unmet = {
        s
        for reached in held.denied
        if not any(shared(reached, other) for other in said.denied)
        for s in reached
    }
    if wrongly := said.asserted & (unmet - held.asserted):
        return f"says what its sentences deny: {min(wrongly)}"
    return ""


def people(said: Claims, held: Claims) -> str:
    """Whether the statement speaks of other people, or of more."""
    for who in said.people:
        if held.people and not any(shared([who], [other]) for other in held.people):
            return f"speaks of other people: {who or 'everybody'}"
    return ""


def marks(said: Claims, held: Claims) -> str:
    """Whether it goes further than they do: "may" told as "will", "some" as "all", "if" left away."""
    for mark in said.marked:
        contrast = mark.word == "while" and mark.after_comma
        if contrast or (mark.group == "possibility" and _able(mark.limits[:1], said, held)):
            continue
        more = rules().held_by.get(mark.group, "")
        if any(o.group == more and shared(mark.limits, o.limits) for o in held.marked):
            continue
        mine = set(rules().marked[mark.word])
        if not mine & held.groups:
            return f"a word that says more than its sentences: {mark.word}"
        if mark.group == "possibility" and not any(
            shared(mark.limits, other.limits) for other in held.marked if other.group == mark.group
        ):
            return f"calls possible what its sentences say: {' '.join(mark.limits)}"
    sure = {token.text for token in said.tokens} - {token.text for token in held.tokens}
    possible = "possibility" in held.groups - said.groups
    if sure & {"will", "would"} and (possible or _able(said.content, said, held)):
        return "says for sure what its sentences call possible"
    return ""


def _able(stems: Iterable[str], said: Claims, held: Claims) -> bool:
    """Whether one of `stems` is what the sentences call possible in one word: "manageable"."""
    able = {t for t in held.tokens if t.text in rules().able} - {*said.tokens}
    return any(shared(stems, [t.stem, stem(t.text[:-4])]) for t in able)


def limits(said: Claims, held: Claims) -> str:
    """Whether it leaves out what limits them: "only", "in adults", "severe"."""
    content = set(said.content)
    for mark in held.marked:
        if mark.group in rules().kept and mark.limits:
            limited = [s for s in mark.limits if s in content]
            mine = set(rules().marked[mark.word])
            less = any(
                rules().held_by.get(o.group) in mine and shared(mark.limits, o.limits)
                for o in said.marked
            )
            if limited and not less and not mine & said.groups:
                return f"leaves out a limit: {mark.word} {limited[0]}"
    narrowed: dict[str, set[str]] = {}
    for before, after in held.neighbors:
        narrowed.setdefault(after, set()).add(before)
    for noun, befores in narrowed.items():
        if befores <= rules().narrowing and noun in content and not befores & content:
            return f"leaves out what narrows a word: {' '.join(sorted(befores))} {noun}"
    return ""


def opposites(said: Claims, held: Claims) -> str:
    """Whether it says "more" where they say "less"."""
    for one, other in rules().opposites:
        for mine, theirs in ((one, other), (other, one)):
            new = (said.stems & mine) - held.stems
            if new and held.stems & theirs:
                return f"the opposite of a word of its sentences: {min(new)}"
    return ""


def order(said: Claims, held: Claims) -> str:
    """Whether the statement turns round what is compared, or what comes of what."""
    place = {s: i for i, s in reversed(list(enumerate(held.content)))}
    unique = [s for s in said.content if held.content.count(s) == 1 and said.content.count(s) == 1]
    places = [place[s] for s in unique]
    pairs = [(a, b) for i, a in enumerate(places) for b in places[i + 1 :]]
    mine, theirs = said.cause_and_effect, held.cause_and_effect
    same_cause = mine and theirs and mine[0] & theirs[0] and mine[1] & theirs[1]
    turned = len(places) >= 4 and sum(a > b for a, b in pairs) > len(pairs) * TURNED
    if turned and not same_cause:
        return "turns round what its sentences say"
    if (
        mine
        and theirs
        and (mine[0] & (theirs[1] - theirs[0]))
        and (mine[1] & (theirs[0] - theirs[1]))
    ):
        return "takes the effect for the cause"
    for way, where in said.ways:
        others = {other for other, there in held.ways if there == where}
        if others and way not in others and "from" in {way, *others}:
            return "turns round where something goes"
    for link in LINKS:
        one, other = _sides(said, link), _sides(held, link)
        if one and other:
            crossed = [s for s in one[0] if s in other[1] and s not in other[0]]
            back = [s for s in one[1] if s in other[0] and s not in other[1]]
            if crossed and back:
                return "turns round what its sentences say"
    return ""


def _sides(of: Claims, link: str) -> tuple[list[str], list[str]] | None:
    """Content stems before and after the one place of a linking word."""
    found = [i for i, token in enumerate(of.tokens) if token.text == link]
    if len(found) != 1:
        return None
    before, after = of.tokens[: found[0]], of.tokens[found[0] + 1 :]
    return [t.stem for t in before if t.is_content], [t.stem for t in after if t.is_content]


def shared(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether a stem of the one may stand for a stem of the other."""
    return any(_same(a, b) for a in one for b in other)


def _same(one: str, other: str) -> bool:
    if one == other or other in rules().same.get(one, ()):
        return True
    short, long = sorted((one, other), key=len)
    return len(short) > 5 and long.startswith(short)  # compete, competitor
