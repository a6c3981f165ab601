"""Lexical search and word statistics of a generation: BM25 over stems, and how telling a word is."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import bm25s

from qa_bot.index.manifest import BM25_FILES, WORDS
from qa_bot.index.vectors import best_first
from qa_bot.words import stem


class Lexicon:
    """What a generation's words are worth; `counting` makes it, once, when it is published."""

    def __init__(
        self,
        sentences: int,
        frequency: Mapping[str, int],
        vocabulary: Sequence[str],
        topics: Iterable[str],
        subjects: Mapping[str, Sequence[str]],
        passages: bm25s.BM25,
    ) -> None:
        """:param frequency: the sentences that have a word, by its stem, of so many `sentences`.
        :param vocabulary: all content words, in small letters.
        :param topics: stems of what has a name.
        :param subjects: the ids of the articles that speak of what articles are about, by its stem.
        :param passages: their stems, indexed.
        """
        self._sentences = sentences
        self._frequency = frequency
        self.vocabulary = vocabulary
        self.topics = frozenset(topics)
        self._subjects = subjects
        self._passages = passages

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
            "subjects": self._subjects,
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

    def speaking_of(self, stems: Iterable[str]) -> frozenset[str]:
        """Ids of the articles that speak of a subject among `stems`; none where none is among them."""
        return frozenset(id_ for one in stems for id_ in self._subjects.get(one, ()))

    def covers(self, stems: Iterable[str], articles: Iterable[str]) -> bool:
        """Whether each subject among `stems` is spoken of in one of `articles`, by their ids."""
        ids = set(articles)
        return all(ids & set(self._subjects[one]) for one in stems if one in self._subjects)

    def search(self, stems: Iterable[str], count: int) -> list[int]:
        """Indices of the passages that fit best by BM25, best first; those without any word left out."""
        wanted = [s for s in stems if s in self._frequency]
        if not wanted:
            return []
        scores = self._passages.get_scores(wanted)
        return [index for index in best_first(scores, count) if scores[index] > 0]
