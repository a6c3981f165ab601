"""Lexical search and word statistics of a generation: BM25 over stems, and how telling a word is."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import bm25s

from qa_bot.manifest import BM25_FILES, WORDS
from qa_bot.records import Kind
from qa_bot.vectors import best_first
from qa_bot.words import content_stems, stem, words

if TYPE_CHECKING:
    from qa_bot.store import Generation
    from qa_bot.traits import Traits

TOPIC_SHARE = 0.4  # a word in more than this share of the sentences is what everything is about
SHORT_HEADING = 2  # words; a heading this short is the name of something
NAMING = frozenset({Kind.BODY, Kind.FAQ, Kind.TAKEAWAY, Kind.LIST_ITEM, Kind.PROMOTION})


class Lexicon:
    """What a generation's words are worth. Counted once, when it is published."""

    def __init__(
        self,
        sentences: int,
        frequency: Mapping[str, int],
        vocabulary: Sequence[str],
        topics: Iterable[str],
        passages: bm25s.BM25,
    ) -> None:
        """:param frequency: the sentences that have a word, by its stem, of so many `sentences`.
        :param vocabulary: all content words, in small letters.
        :param topics: stems of what has a name.
        :param passages: their stems, indexed.
        """
        #: Of sentences, by id; `traits` fills it.
        self.traits: dict[str, Traits] = {}
        self._sentences = sentences
        self._frequency = frequency
        self.vocabulary = vocabulary
        self.topics = frozenset(topics)
        self._passages = passages

    @classmethod
    def of(cls, generation: Generation) -> Lexicon:
        """Count the words of a generation."""
        texts = [generation.text_in_context(sentence) for sentence in generation.sentences]
        stems = {s.id: content_stems(t) for s, t in zip(generation.sentences, texts, strict=True)}
        frequency = Counter(stem for of_one in stems.values() for stem in set(of_one))
        found = {word.text.casefold() for text in texts for word in words(text) if word.is_content}
        passages = bm25s.BM25()
        passages.index(
            [[stem for id_ in p.sentence_ids for stem in stems[id_]] for p in generation.passages],
            show_progress=False,
        )
        return cls(
            len(texts),
            frequency,
            sorted(found),  # in one order, so that equally near words are too
            (s for s in _names(generation) if frequency[s] <= TOPIC_SHARE * len(texts)),
            passages,
        )

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """What `save` left in the folder of a generation.

        :raises OSError, ValueError, KeyError: a file is missing or damaged.
        """
        counted = json.loads((folder / WORDS).read_text(encoding="utf-8"))
        passages = bm25s.BM25.load(folder, show_progress=False, **BM25_FILES)
        return cls(**counted, passages=passages)

    def save(self, folder: Path) -> None:
        """Keep what was counted in the folder of its generation."""
        counted = {
            "sentences": self._sentences,
            "frequency": self._frequency,
            "vocabulary": self.vocabulary,
            "topics": sorted(self.topics),
        }
        (folder / WORDS).write_text(json.dumps(counted, ensure_ascii=False), encoding="utf-8")
        self._passages.save(folder, show_progress=False, **BM25_FILES)

    def weight(self, word_stem: str) -> float:
        """How telling a word is: the inverse sentence frequency of BM25; highest for unknown words."""
        frequency = self._frequency.get(word_stem, 0)
        return math.log(1 + (self._sentences - frequency + 0.5) / (frequency + 0.5))

    def knows(self, word: str) -> bool:
        """Whether some sentence, or its heading, has a word of the same stem."""
        return stem(word) in self._frequency

    def search(self, stems: Iterable[str], count: int) -> list[int]:
        """Indices of the passages that fit best by BM25, best first; those without any word left out."""
        wanted = [s for s in stems if s in self._frequency]
        if not wanted:
            return []
        scores = self._passages.get_scores(wanted)
        return [index for index in best_first(scores, count) if scores[index] > 0]


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
