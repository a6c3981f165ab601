"""Whether sentences support a statement that a language model rests on them. In doubt, they do not.

First the rules: every number, name, negation, and word of certainty, quantity or direction must be met
in the sentences, and what limits a claim there must limit it in the statement. Then meaning, with the
encoder's own word vectors. It reads `claims`, knows no model and shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qa_bot.composing.claim_rules import (
    limits,
    marks,
    negations,
    numbers,
    opposites,
    order,
    people,
    shared,
)
from qa_bot.composing.claim_tokens import Token
from qa_bot.composing.claim_words import rules, without_asides, without_opening
from qa_bot.composing.claims import Claims, claims
from qa_bot.composing.entailment import ENTAILED, CrossEncoder
from qa_bot.composing.naming import Names, names_of
from qa_bot.embedding.encoder import Encoded, Encoder
from qa_bot.index.generation import Generation
from qa_bot.words import content_stems, stem, words

MET = 0.65  # cosine from which a word of the statement has a partner in the sentences
NEW_WORDS = 0.25  # share of the statement's content words that may have no such word themselves
# Words that lose their place at the beginning when the main clause is put first.
OPENERS = frozenset("before after when if once because rather although for with given done".split())  # noqa: SIM905
LEANING = frozenset("it its they their this these that such he his him she her".split())  # noqa: SIM905
SUBJECT = 8  # words at the beginning of a sentence, among which its subject is
ALIKE = 0.2  # cosine of statement and sentences

_MARKER = re.compile(r"\[\d+\]")
_PERSON = re.compile(r"(?i)\b(you|your|yours|yourself|i|me|my|we|us|our)\b")


@dataclass(frozen=True, slots=True)
class Group:
    """Cited sentences of one quote, in order. `heading`: what stands above them; `before`: what goes
    before them in their paragraph; `title`: of their article. These only tell what "it" is."""

    quote: int
    sentences: tuple[str, ...]
    heading: str = ""
    before: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The quotes that support a statement, or, if there are none, why not."""

    quotes: tuple[int, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Supporter:
    """Compares statements with sentences. `entailment`: a cross-encoder that tells whether the meaning
    agrees; None: the encoder's word vectors do."""

    encoder: Encoder
    names: Names
    entailment: CrossEncoder | None = None

    @classmethod
    def of(
        cls, generation: Generation, encoder: Encoder, entailment: CrossEncoder | None = None
    ) -> Supporter:
        """With the names of a generation's glossary and articles."""
        return cls(encoder, names_of(generation), entailment)

    def check(self, statement: str, groups: Sequence[Group]) -> Verdict:
        """The groups that support `statement`, each alone; or all together, where they are about the
        same, or clause by clause."""
        said = self.names.read_as(without_opening(statement))
        reasons = [self._unsupported_by_any(said, group) for group in groups]
        alone = tuple(g.quote for g, reason in zip(groups, reasons, strict=True) if not reason)
        if alone:
            return Verdict(alone)
        if len(groups) > 1 and self._about_the_same(said, groups):
            for ordered in (groups, groups[::-1]):
                sentences = tuple(sentence for group in ordered for sentence in group.sentences)
                if not self._unsupported(said, replace(ordered[0], sentences=sentences)):
                    return Verdict(tuple(sorted(group.quote for group in groups)))
        clauses = list(self._clauses(said))
        if len(clauses) > 1 and len(groups) > 1:
            found = {
                next((g.quote for g in groups if not self._unsupported(c, g)), 0) for c in clauses
            }
            if 0 not in found:
                return Verdict(tuple(sorted(found)))
        return Verdict((), reasons[0] if reasons else "points at no sentence")

    def _unsupported_by_any(self, statement: str, group: Group) -> str:
        """Why neither the whole group nor one of its sentences supports a statement; "" if one does."""
        reason = self._unsupported(statement, group)
        if not reason or len(group.sentences) == 1:
            return reason
        for place, sentence in enumerate(group.sentences):
            before = " ".join((group.before, *group.sentences[:place])).strip()
            if not self._unsupported(
                statement, replace(group, sentences=(sentence,), before=before)
            ):
                return ""
        return reason

    def _about_the_same(self, statement: str, groups: Sequence[Group]) -> bool:
        """Whether the sentences of each group are about the one thing that a statement names."""
        subjects = self._subjects(claims(statement).tokens)
        found = {subjects} if subjects else set()  # "it" is what the sentences are about
        for group in groups:
            held = claims(self.names.read_as(" ".join(group.sentences)))
            about = map(self._subjects, _clauses(held.tokens, self.names.things))
            found.add(frozenset().union(*about) or self._spoken_of(group))
        return len(found) == 1 and len(found.pop()) == 1

    def _unsupported(self, statement: str, group: Group) -> str:
        """Why one group does not support a statement; "" if it does."""
        evidence = self.names.read_as(_MARKER.sub("", " ".join(group.sentences)))
        context = self.names.read_as(f"{group.heading} {group.before}")
        vocabulary = {stem(w.text) for w in (*words(statement), *words(evidence))}
        said, held = claims(statement, vocabulary), claims(evidence, vocabulary)
        for rule in (numbers, negations, marks, people, opposites):
            if reason := rule(said, held):
                return reason
        every = held.stems
        said, held = (
            claims(main_clause_first(without_asides(text)), vocabulary)
            for text in (statement, evidence)
        )
        reason = limits(said, held) or order(said, held) or self._unnamed(said, held, every, group)
        if reason:
            return reason
        if _PERSON.search(statement) and not _PERSON.search(evidence):
            return "speaks to the reader where its sentences do not"
        if self.entailment is None:
            known = content_stems(f"{context} {group.title} {' '.join(group.sentences)}")
            return self._unlike(statement, evidence, known)
        sure = self.entailment.chance(statement, evidence) >= ENTAILED
        return "" if sure else "is not entailed by its sentences"

    def _unnamed(self, said: Claims, held: Claims, every: frozenset[str], group: Group) -> str:
        """What the statement is about must be what its sentences are about."""
        clauses = _clauses(held.tokens, self.names.things)
        about = [self._subjects(clause) for clause in clauses]
        leans = any(token.text in LEANING for token in held.tokens)
        inherited: frozenset[str] = frozenset()
        if not about[0] and (leans or not every & self.names.things):
            inherited = self._spoken_of(group)
        title = content_stems(self.names.read_as(group.title)) if leans and not about[0] else ()
        present = every | inherited | set(title)
        for place, token in enumerate(said.tokens):
            named = token.stem in self.names.named or (
                token.capital and place > 0 and token.text not in OPENERS
            )
            if named and token.stem not in present:
                return f"a name that its sentences do not have: {token.text}"
        subjects = self._subjects(said.tokens)
        common = [
            len({t.stem for t in clause if t.is_content} & {*said.content}) for clause in clauses
        ]
        best = common.index(max(common))
        of_best = about[best] or (about[0] if best else inherited)
        if of_best and not subjects <= of_best:
            return f"about something else than its sentences: {min(subjects - of_best)}"
        return ""

    def _spoken_of(self, group: Group) -> frozenset[str]:
        """What "it" is: what the paragraph speaks of, or else its heading, unless that lists several."""
        before = [
            claims(self.names.read_as(t)).tokens for t in re.split(r"(?<=[.!?]) ", group.before)
        ]
        found = [names for tokens in before if (names := self._subjects(tokens))]
        heading = () if "," in group.heading else claims(self.names.read_as(group.heading)).tokens
        return found[-1] if found else self.names.things & {t.stem for t in heading}

    def _subjects(self, tokens: Sequence[Token]) -> frozenset[str]:
        """Of the things with a name, those that a clause begins with."""
        verbs = [place for place, token in enumerate(tokens) if token.text in rules().verbs]
        end = min([SUBJECT, *verbs]) if verbs and verbs[0] else SUBJECT
        return frozenset(t.stem for t in tokens[:end] if t.stem in self.names.things)

    def _unlike(self, statement: str, evidence: str, around: Iterable[str]) -> str:
        said, held = self.encoder.encode([statement, evidence], "document")
        known = {w.stem for w in held.words} | set(around)
        new = [
            (place, word)
            for place, word in enumerate(said.words)
            if word.is_content
            and not word.text[0].isdigit()
            and word.text.casefold() not in rules().compared
            and not shared([word.stem], known)
        ]
        content = [word for word in said.words if word.is_content]
        if not content or len(new) > max(1, NEW_WORDS * len(content)):
            return f"words that its sentences do not have: {', '.join(w.text for _, w in new)}"
        for place, word in new:
            if not self.encoder.is_common(word.text) or _best(said, place, held) < MET:
                return f"a word that its sentences do not have: {word.text}"
        if float(said.vector @ held.vector) < ALIKE:
            return "says something else than its sentences"
        return ""

    def _clauses(self, statement: str) -> Iterator[str]:
        """Parts of a statement; a part that names nothing is about what the one before it names."""
        subject = ""
        for part in re.split(
            r"(?i)[,;]\s+(?:and|but|while|whereas)\s+|;\s+| while | whereas ", statement
        ):
            names = [w.text for w in words(part) if w.stem in self.names.named]
            if names:
                subject = names[0]
            yield part if names else f"{subject} {part}".strip()


def _clauses(tokens: Sequence[Token], things: frozenset[str]) -> list[tuple[Token, ...]]:
    """A text, cut where a joined clause begins with something else that has a name."""
    cuts = [0]
    for place in range(1, len(tokens) - 2):
        joined = tokens[place].text in ("and", "but", "while", "whereas", ";", ".")
        after_mark = tokens[place - 1].text in (",", ";") or tokens[place].text in (";", ".")
        if joined and after_mark and any(t.stem in things for t in tokens[place + 1 : place + 3]):
            cuts.append(place + 1)
    return [tuple(tokens[a:b]) for a, b in zip(cuts, [*cuts[1:], len(tokens)], strict=True)]


def _best(said: Encoded, place: int, held: Encoded) -> float:
    return float(np.max(held.word_vectors @ said.word_vectors[place], initial=-1.0))


def main_clause_first(text: str) -> str:
    """ "Before that, this." read as "this Before that."; a sentence may begin with either."""
    return re.sub(
        r"(?m)(^|(?<=[.!?] ))((?:Before|After|When|If|Once|Because|Rather than|Although|For|With|Given|"
        r"Done)\b[^,.]+), ([^.]+)(?=\.)",
        r"\3 \2",
        text,
    )
