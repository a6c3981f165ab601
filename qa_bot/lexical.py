"""Lexical search and word statistics of a generation: BM25 over stems, and how telling a word is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import bm25s
import numpy as np

from qa_bot.records import Kind
from qa_bot.store import Generation
from qa_bot.words import content_stems, stem, words

if TYPE_CHECKING:
    from qa_bot.traits import Traits

TOPIC_SHARE = 0.4  # a word in more than this share of the sentences is what everything is about
SHORT_HEADING = 2  # words; a heading this short is the name of something
NAMING = frozenset({Kind.BODY, Kind.FAQ, Kind.TAKEAWAY, Kind.LIST_ITEM, Kind.PROMOTION})


class Lexicon:
    """What a generation's words are worth. Built once, when a generation is opened."""

    def __init__(self, generation: Generation) -> None:
        #: Of sentences, by id; `traits` fills it.
        self.traits: dict[str, Traits] = {}
        self._sentences = [
            content_stems(generation.text_in_context(sentence)) for sentence in generation.sentences
        ]
        self._frequency = Counter(s for stems in self._sentences for s in set(stems))
        self._documents = [
            [s for sentence_id in passage.sentence_ids for s in self._of(generation, sentence_id)]
            for passage in generation.passages
        ]
        texts = [generation.text_in_context(sentence) for sentence in generation.sentences]
        found = {word.text.casefold() for text in texts for word in words(text) if word.is_content}
        self.vocabulary = tuple(sorted(found))  # in one order, so that equally near words are too
        self.topics = frozenset(
            s for s in _names(generation) if self._frequency[s] <= TOPIC_SHARE * len(texts)
        )

    def weight(self, word_stem: str) -> float:
        """How telling a word is: the inverse sentence frequency of BM25; highest for unknown words."""
        frequency = self._frequency[word_stem]
        return math.log(1 + (len(self._sentences) - frequency + 0.5) / (frequency + 0.5))

    def knows(self, word: str) -> bool:
        """Whether some sentence, or its heading, has a word of the same stem."""
        return stem(word) in self._frequency

    def search(self, stems: Iterable[str], count: int) -> list[int]:
        """Indices of the passages that fit best by BM25, best first; those without any word left out."""
        wanted = [s for s in stems if s in self._frequency]
        if not wanted:
            return []
        scores = self._bm25.get_scores(wanted)
        best = np.argsort(-scores, kind="stable")[:count]
        return [int(index) for index in best if scores[index] > 0]

    def _of(self, generation: Generation, sentence_id: str) -> list[str]:
        return self._sentences[generation.sentence_index[sentence_id]]

    @cached_property
    def _bm25(self) -> bm25s.BM25:
        index = bm25s.BM25()
        index.index(self._documents, show_progress=False)
        return index


def _names(generation: Generation) -> set[str]:
    """Stems of what has a name: words mostly written with a capital inside a sentence (TMS, Spravato),
    headings of a word or two (Augmentation), and the glossary's names."""
    capital, small = Counter[str](), Counter[str]()
    names = set()
    for sentence in generation.sentences:
        if sentence.kind not in NAMING:
            continue
        for position, word in enumerate(words(generation.text(sentence))):
            if word.is_content and not word.text.isdigit() and (position or word.text.isupper()):
                (small if word.text.islower() else capital)[word.stem] += 1
        heading = sentence.section[-1] if sentence.section else ""
        if sentence.kind is Kind.BODY and len(heading.split()) <= SHORT_HEADING:
            names.update(content_stems(heading))
    glossary = [term.meant for term in generation.glossary if term.is_name]
    listed = {s for meant in glossary if len(meant.split()) == 1 for s in content_stems(meant)}
    return names | listed | {word for word, count in capital.items() if count > small[word]}
