"""One generation: a complete, immutable index, as it is read. `writing` makes it.

Its files stand in a folder, its passages in a Chroma collection; where those are is a `Store`'s
business, and so is which generation is being served. Two processes must not share a Chroma folder that
is written to, so a generation is finished before anybody reads it and never touched again.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa_bot.articles.examples import Placed, place, wording
from qa_bot.articles.passages import RULES_VERSION, passages
from qa_bot.articles.subjects import questions_of
from qa_bot.embedding.encoder import Vector
from qa_bot.index.chroma import Passages
from qa_bot.index.damage import damage_named
from qa_bot.index.example_model import ExampleModel
from qa_bot.index.holding import hold
from qa_bot.index.manifest import (
    CORPUS,
    EXAMPLE_MODEL,
    MANIFEST,
    SENTENCES,
    Manifest,
    read_manifest,
    refuse_changed,
)
from qa_bot.index.stored import from_json
from qa_bot.index.vectors import TextVectors, best_first
from qa_bot.records import Corpus, Example, Kind, Passage, Sentence
from qa_bot.words import content_stems

if TYPE_CHECKING:
    from qa_bot.index.lexical import Lexicon

FEW_PASSAGES = 200_000  # so many are all compared: exact, for 14 ms and 150 MB per 100,000


class Generation:
    """An opened generation: its records at once, its vectors and its search when first needed."""

    def __init__(
        self,
        folder: Path,
        searched: Passages,
        manifest: Manifest,
        corpus: Corpus,
        found: Iterable[Sentence],
    ) -> None:
        """:param found: the sentences of the corpus, in the order of its articles."""
        articles = corpus.articles
        self.name, self.folder = folder.name, folder
        self.place = searched.place
        self._searched = searched
        self.manifest = manifest
        self.corpus = corpus
        self.glossary = corpus.glossary
        self.articles = {article.id: article for article in articles}
        self.sentences = tuple(found)
        self.sentence_index = {s.id: index for index, s in enumerate(self.sentences)}
        by_article: dict[str, list[Sentence]] = {article.id: [] for article in articles}
        for sentence in self.sentences:
            by_article[sentence.article_id].append(sentence)
        self.passages = tuple(p for a in articles for p in passages(a, by_article[a.id]))
        self.passage_index = {p.id: index for index, p in enumerate(self.passages)}
        self.questions = tuple(dict.fromkeys(q for a in articles for q in questions_of(a)))
        #: What others work out once for a sentence, by its id.
        self.remembered: dict[str, Any] = {}
        self._release: Callable[[], object] = lambda: None

    @classmethod
    def open(cls, folder: Path, searched: Passages) -> Generation:
        """Open a finished generation: its files, and its passages where they are searched.

        :raises DamagedIndexError: a file is missing or does not agree with the manifest.
        """
        with damage_named(searched.place), ExitStack() as held:
            held.callback(hold(folder / MANIFEST))
            manifest = read_manifest(folder)
            if manifest.rules_version != RULES_VERSION:
                raise ValueError("it was published by a version with other rules")
            # What is quoted, and where it is cut.
            refuse_changed(folder, manifest, (CORPUS, SENTENCES))
            stored = json.loads((folder / CORPUS).read_text(encoding="utf-8"))
            found = _read_sentences(folder)
            generation = cls(folder, searched, manifest, from_json(stored), found)
            # Let go when the last reader has let go of the record; `close` does so at once.
            weakref.finalize(generation, searched.close)
            generation._release = weakref.finalize(generation, held.pop_all().close)
        return generation

    def sentence(self, sentence_id: str) -> Sentence:
        """The sentence with this id."""
        return self.sentences[self.sentence_index[sentence_id]]

    def text(self, sentence: Sentence) -> str:
        """The sentence's own words."""
        return self.articles[sentence.article_id].text[sentence.start : sentence.end]

    def text_in_context(self, sentence: Sentence) -> str:
        """What is embedded for a sentence: its headings, so that "it" means something, then itself."""
        prefix = f"{sentence.context}: " if sentence.context else ""
        return prefix + self.text(sentence)

    def nearest(self, vector: Vector, count: int) -> list[tuple[int, float]]:
        """The passages most like a question: (index in `passages`, cosine similarity), best first.

        A few are all compared, which is exact and sooner done than the store is even opened.

        :raises DamagedIndexError: the store cannot be searched.
        """
        if len(self.passages) > FEW_PASSAGES:
            return self.stored_nearest(vector, count)
        similarity = self.passage_vectors @ vector
        return [(index, float(similarity[index])) for index in best_first(similarity, count)]

    def stored_nearest(self, vector: Vector, count: int) -> list[tuple[int, float]]:
        """The same, as the store finds them.

        :raises DamagedIndexError: the store cannot be searched.
        """
        with damage_named(self.place):
            found = self._searched.nearest(vector, min(count, len(self.passages)))
            return [(self.passage_index[id_], similarity) for id_, similarity in found]

    def stored_vectors(self, indexes: Sequence[int]) -> list[Vector | None]:
        """What the store holds for these passages, in their order; None where it holds none.

        :raises DamagedIndexError: the store cannot be read.
        """
        ids = [self.passages[index].id for index in indexes]
        with damage_named(self.place):
            held = self._searched.vectors(ids)
        return [held.get(id_) for id_ in ids]

    def count(self) -> int:
        """Passages that the store holds.

        :raises DamagedIndexError: the store cannot be read.
        """
        with damage_named(self.place):
            return self._searched.count()

    def try_out(self) -> None:
        """Open everything that a question needs, and search once.

        :raises DamagedIndexError: something of it cannot be used.
        """
        self.nearest(self.passage_vectors[0], 1)
        _ = self.lexicon, self.example_model

    @cached_property
    def vectors(self) -> TextVectors:
        """Vectors of all sentences, of what stands above them, and of all passages.

        :raises DamagedIndexError: a file is missing or does not agree with the others.
        """
        with damage_named(self.place):
            return TextVectors.load(self.folder)

    @cached_property
    def passage_vectors(self) -> Vector:
        """Vectors of `passages`, (passages, dimensions)."""
        with damage_named(self.place):
            return self.vectors.stack(passage_text(self, passage) for passage in self.passages)

    @cached_property
    def question_vectors(self) -> Vector:
        """Vectors of `questions`, (questions, dimensions)."""
        with damage_named(self.place):
            return self.vectors.stack(self.questions)

    def names_subject(self, text: str) -> bool:
        """Whether a text names something that the articles are about, or what one of them is about."""
        return not self._subjects.isdisjoint(content_stems(text))

    @cached_property
    def _subjects(self) -> frozenset[str]:
        titles = " ".join(article.title for article in self.articles.values())
        return self.lexicon.topics | frozenset(content_stems(titles))

    @cached_property
    def passage_of(self) -> dict[str, int]:
        """The index of the passage in which a sentence stands, by the sentence's id."""
        return {
            sentence_id: index
            for index, passage in enumerate(self.passages)
            for sentence_id in passage.sentence_ids
        }

    @cached_property
    def examples(self) -> tuple[Placed, ...]:
        """The editors' examples that are of use, with the sentences that answer them."""
        return place(self.corpus.examples, self.articles, self.sentences)

    def examples_of(self, question: str) -> tuple[Placed, ...]:
        """Those of the examples that ask this very question."""
        same = self._asked.get(wording(question))
        return place(same, self.articles, self.sentences) if same else ()

    @cached_property
    def _asked(self) -> dict[str, list[Example]]:
        asked: dict[str, list[Example]] = {}
        for example in self.corpus.examples:
            asked.setdefault(wording(example.question), []).append(example)
        return asked

    @cached_property
    def example_model(self) -> ExampleModel:
        """What the examples teach.

        :raises DamagedIndexError: a file is missing or does not agree with the others.
        """
        with damage_named(self.place), np.load(self.folder / EXAMPLE_MODEL) as learned:
            vectors = self.vectors.at(learned["rows"].tolist())
            return ExampleModel(vectors, learned["weights"], tuple(learned["answers"].tolist()))

    @cached_property
    def lexicon(self) -> Lexicon:
        """What its words are worth.

        :raises DamagedIndexError: a file is missing or does not agree with the others.
        """
        from qa_bot.index.lexical import Lexicon

        with damage_named(self.place):
            return Lexicon.load(self.folder)

    def close(self) -> None:
        """Let go of the store's files, so that they may be removed."""
        self._searched.close()
        self._release()


def _read_sentences(folder: Path) -> Iterator[Sentence]:
    for row in json.loads((folder / SENTENCES).read_text(encoding="utf-8")):
        id_, article_id, start, end, kind, section, *rest = row
        yield Sentence(id_, article_id, start, end, Kind(kind), tuple(section), *rest)


def passage_text(generation: Generation, passage: Passage) -> str:
    """What is embedded for a passage: its headings and its words."""
    first = generation.sentences[generation.sentence_index[passage.sentence_ids[0]]]
    article = generation.articles[passage.article_id]
    return "\n".join((*first.section, article.text[passage.start : passage.end]))
