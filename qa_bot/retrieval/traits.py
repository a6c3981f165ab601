"""What a sentence of the articles brings to every question, worked out once.

Comparing it with a question is the business of `features`.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa_bot.articles.subjects import article_stems, subject_stems
from qa_bot.index.generation import Generation
from qa_bot.records import Sentence
from qa_bot.retrieval.answer_types import AnswerType, held, names
from qa_bot.retrieval.aspects import spoken_of

MOST_TRAITS = 20_000  # sentences whose traits are remembered; about 30 MB


@dataclass(frozen=True, slots=True)
class Traits:
    """What a sentence brings to every question. `row`, `own_row`: where its vectors stand, with its
    headings and without; `length`: its content words, `above` of them in the headings; `names`: as
    `names_over`; `speaks_of`: matters; `holds`: of a number and a date; `own_names`: as
    `answer_types.names`."""

    row: int
    own_row: int
    length: int
    above: int
    stems: frozenset[str]
    names: frozenset[str]
    speaks_of: frozenset[str]
    holds: frozenset[AnswerType]
    own_names: frozenset[str]


def traits(sentence: Sentence, generation: Generation) -> Traits:
    """The traits of a sentence: found once, and remembered for as many as MOST_TRAITS."""
    found: Traits | None = generation.remembered.get(sentence.id)
    if found is None:
        text, in_context = generation.text(sentence), generation.text_in_context(sentence)
        vectors = generation.vectors
        stems = vectors.stems(in_context)
        found = Traits(
            row=vectors.row(in_context),
            own_row=vectors.row(text),
            length=len(stems),
            # A heading alone is compared as it is.
            above=min(len(article_stems(sentence.context)), len(stems) - 1),
            stems=frozenset(stems),
            names=names_over(sentence, generation),
            speaks_of=spoken_of(text),
            holds=held(text),
            own_names=names(text),
        )
        if len(generation.remembered) >= MOST_TRAITS:
            generation.remembered.clear()
        generation.remembered[sentence.id] = found
    return found


def names_over(sentence: Sentence, generation: Generation) -> frozenset[str]:
    """Stems in the sentence's paragraph, its heading and the title; a heading over several things names
    none."""
    article = generation.articles[sentence.article_id]
    block = article.blocks[sentence.block]
    heading = "" if "," in sentence.context else sentence.context
    paragraph = article.text[block.start : block.end]
    return frozenset(article_stems(f"{heading} {paragraph}")) | subject_stems(article)
