"""The sentences that a statement points at, and what they are about: the things that have a name.

A statement may not say of TMS what its sentences say of ECT. Where these say "it", what stands before
them tells what that is. Leaves what is said of a thing to `claim_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_bot.composing.claim_tokens import Token
from qa_bot.composing.claim_words import rules
from qa_bot.composing.claims import Claims, claims
from qa_bot.composing.naming import Names
from qa_bot.words import content_stems, words

LEANING = frozenset(
    (
        "it",
        "its",
        "they",
        "their",
        "this",
        "these",
        "that",
        "such",
        "he",
        "him",
        "his",
        "she",
        "her",
    )
)
SUBJECT = 8  # words at the beginning of a sentence, among which its subject is
# Words that lose their place at the beginning when the main clause is put first.
_OPENERS = frozenset(
    (
        "before",
        "after",
        "when",
        "if",
        "once",
        "because",
        "rather",
        "although",
        "for",
        "with",
        "given",
        "done",
    )
)
_OPENED = re.compile(
    r"(?m)(^|(?<=[.!?] ))((?:Before|After|When|If|Once|Because|Rather than|Although|For|With|Given|"
    r"Done)\b[^,.]+), ([^.]+)(?=\.)"
)
_JOINED = re.compile(r"(?i)[,;]\s+(?:and|but|while|whereas)\s+|;\s+| while | whereas ")


@dataclass(frozen=True, slots=True)
class Cited:
    """Cited sentences of one quote, in order. `heading`: what stands above them; `before`: what goes
    before them in their paragraph; `title`: of their article. These only tell what "it" is."""

    sentences: tuple[str, ...]
    heading: str = ""
    before: str = ""
    title: str = ""


def about_the_same(statement: str, several: Sequence[Cited], names: Names) -> bool:
    """Whether the sentences of each quote are about the one thing that a statement names."""
    named = subjects(claims(statement).tokens, names)
    found = {named} if named else set()  # "it" is what the sentences are about
    for cited in several:
        held = claims(names.read_as(" ".join(cited.sentences)))
        about = (subjects(clause, names) for clause in _clauses(held.tokens, names))
        found.add(frozenset().union(*about) or _spoken_of(cited, names))
    return len(found) == 1 and len(found.pop()) == 1


def about_another(
    said: Claims, held: Claims, every: frozenset[str], cited: Cited, names: Names
) -> str:
    """Why a statement, `said`, is not about what its sentences, `held`, are about; "" if it is.
    `every`: all stems of the sentences, what they say in parentheses included."""
    clauses = _clauses(held.tokens, names)
    about = [subjects(clause, names) for clause in clauses]
    leans = not about[0] and any(token.text in LEANING for token in held.tokens)
    inherited: frozenset[str] = frozenset()
    if not about[0] and (leans or not every & names.things):
        inherited = _spoken_of(cited, names)
    title = content_stems(names.read_as(cited.title)) if leans else ()
    present = every | inherited | set(title)
    for place, token in enumerate(said.tokens):
        is_name = token.stem in names.named or (
            token.capital and place > 0 and token.text not in _OPENERS
        )
        if is_name and token.stem not in present:
            return f"a name that its sentences do not have: {token.text}"
    named = subjects(said.tokens, names)
    common = [len({t.stem for t in clause if t.is_content} & {*said.content}) for clause in clauses]
    best = common.index(max(common))
    of_best = about[best] or (about[0] if best else inherited)
    if of_best and not named <= of_best:
        return f"about something else than its sentences: {min(named - of_best)}"
    return ""


def subjects(tokens: Sequence[Token], names: Names) -> frozenset[str]:
    """Of the things with a name, those that a clause begins with."""
    verbs = [place for place, token in enumerate(tokens) if token.text in rules().verbs]
    end = min([SUBJECT, *verbs]) if verbs and verbs[0] else SUBJECT
    return frozenset(t.stem for t in tokens[:end] if t.stem in names.things)


def _spoken_of(cited: Cited, names: Names) -> frozenset[str]:
    """What "it" is: what the paragraph speaks of, or else its heading, unless that lists several."""
    before = [claims(names.read_as(t)).tokens for t in re.split(r"(?<=[.!?]) ", cited.before)]
    found = [about for tokens in before if (about := subjects(tokens, names))]
    heading = () if "," in cited.heading else claims(names.read_as(cited.heading)).tokens
    return found[-1] if found else names.things & {t.stem for t in heading}


def _clauses(tokens: Sequence[Token], names: Names) -> list[tuple[Token, ...]]:
    """A text, cut where a joined clause begins with something else that has a name."""
    cuts = [0]
    for place in range(1, len(tokens) - 2):
        joined = tokens[place].text in ("and", "but", "while", "whereas", ";", ".")
        after_mark = tokens[place - 1].text in (",", ";") or tokens[place].text in (";", ".")
        if (
            joined
            and after_mark
            and any(t.stem in names.things for t in tokens[place + 1 : place + 3])
        ):
            cuts.append(place + 1)
    return [tuple(tokens[a:b]) for a, b in zip(cuts, [*cuts[1:], len(tokens)], strict=True)]


def clauses_of(statement: str, names: Names) -> Iterator[str]:
    """Parts of a statement; a part that names nothing is about what the one before it names."""
    subject = ""
    for part in _JOINED.split(statement):
        named = [word.text for word in words(part) if word.stem in names.named]
        if named:
            subject = named[0]
        yield part if named else f"{subject} {part}".strip()


def main_clause_first(text: str) -> str:
    """ "Before that, this." read as "this Before that."; a sentence may begin with either."""
    return _OPENED.sub(r"\3 \2", text)
