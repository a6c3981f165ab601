"""Whether sentences support a statement that a language model rests on them. In doubt, they do not.

First the rules: every number, name, negation, and word of certainty, quantity or direction must be met
in the sentences (`claim_rules`), what limits a claim there must limit it in the statement, and both must
be about the same (`cited`). Then meaning, with the encoder's own word vectors or a cross-encoder. It
knows no model and shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from qa_bot.composing.cited import (
    Cited,
    about_another,
    about_the_same,
    clauses_of,
    main_clause_first,
)
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
from qa_bot.composing.claim_words import rules, without_asides, without_opening
from qa_bot.composing.claims import claims
from qa_bot.composing.entailment import ENTAILED, CrossEncoder
from qa_bot.composing.naming import Names, names_of
from qa_bot.embedding.encoder import Encoded, Encoder
from qa_bot.index.generation import Generation
from qa_bot.words import content_stems, stem, words

MET = 0.65  # cosine from which a word of the statement has a partner in the sentences
NEW_WORDS = 0.25  # share of the statement's content words that may have no such word themselves
ALIKE = 0.2  # cosine of statement and sentences

_MARKER = re.compile(r"\[\d+\]")
_PERSON = re.compile(r"(?i)\b(you|your|yours|yourself|i|me|my|we|us|our)\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The numbers of the quotes that support a statement, or, if there are none, why not."""

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

    def check(self, statement: str, quotes: Mapping[int, Cited]) -> Verdict:
        """Which of the quotes, by number, support `statement`: each of them alone; or all together,
        where they are about the same; or each a clause of it."""
        if not quotes:
            return Verdict((), "points at no sentence")
        said = self.names.read_as(without_opening(statement))
        reasons = {number: self._unsupported_by_any(said, one) for number, one in quotes.items()}
        alone = tuple(number for number, reason in reasons.items() if not reason)
        if alone:
            return Verdict(alone)
        if self._supported_together(said, tuple(quotes.values())):
            return Verdict(tuple(sorted(quotes)))
        return self._by_clauses(said, quotes) or Verdict((), next(iter(reasons.values())))

    def _supported_together(self, statement: str, several: tuple[Cited, ...]) -> bool:
        """Whether several quotes about the same, read as one, support a statement."""
        if len(several) == 1 or not about_the_same(statement, several, self.names):
            return False
        return any(
            not self._unsupported(
                statement,
                replace(ordered[0], sentences=tuple(s for one in ordered for s in one.sentences)),
            )
            for ordered in (several, several[::-1])
        )

    def _by_clauses(self, statement: str, quotes: Mapping[int, Cited]) -> Verdict | None:
        """The quotes that support one clause of a statement or more; None if one stays unsupported."""
        clauses = tuple(clauses_of(statement, self.names))
        if len(clauses) == 1 or len(quotes) == 1:
            return None
        found: set[int] = set()
        for clause in clauses:
            support = (n for n, one in quotes.items() if not self._unsupported(clause, one))
            first = next(support, None)
            if first is None:
                return None
            found.add(first)
        return Verdict(tuple(sorted(found)))

    def _unsupported_by_any(self, statement: str, cited: Cited) -> str:
        """Why neither all sentences of a quote nor one of them supports a statement; "" if so."""
        reason = self._unsupported(statement, cited)
        if not reason or len(cited.sentences) == 1:
            return reason
        for place, sentence in enumerate(cited.sentences):
            before = " ".join((cited.before, *cited.sentences[:place])).strip()
            one = replace(cited, sentences=(sentence,), before=before)
            if not self._unsupported(statement, one):
                return ""
        return reason

    def _unsupported(self, statement: str, cited: Cited) -> str:
        """Why the sentences of one quote do not support a statement; "" if they do."""
        evidence = self.names.read_as(_MARKER.sub("", " ".join(cited.sentences)))
        if reason := self._against_rules(statement, evidence, cited):
            return reason
        if _PERSON.search(statement) and not _PERSON.search(evidence):
            return "speaks to the reader where its sentences do not"
        if self.entailment is None:
            around = f"{cited.heading} {cited.before}"
            known = f"{self.names.read_as(around)} {cited.title} {' '.join(cited.sentences)}"
            return self._unlike(statement, evidence, content_stems(known))
        sure = self.entailment.chance(statement, evidence) >= ENTAILED
        return "" if sure else "is not entailed by its sentences"

    def _against_rules(self, statement: str, evidence: str, cited: Cited) -> str:
        """The first rule that `evidence`, the sentences of one quote, does not meet; "" if none."""
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
        return (
            limits(said, held)
            or order(said, held)
            or about_another(said, held, every, cited, self.names)
        )

    def _unlike(self, statement: str, evidence: str, around: Iterable[str]) -> str:
        """How the meaning of a statement differs from that of `evidence`; "" where it does not.
        `around`: stems of words that need not be met."""
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


def _best(said: Encoded, place: int, held: Encoded) -> float:
    return float(np.max(held.word_vectors @ said.word_vectors[place], initial=-1.0))
