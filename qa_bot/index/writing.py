"""A corpus → a new generation on disk: its texts encoded, its files and its passages written.

What it takes from an earlier generation are vectors of texts that did not change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import asdict, astuple
from pathlib import Path

import numpy as np

from qa_bot.articles.passages import RULES_VERSION, sentences
from qa_bot.embedding.encoder import Encoded, Encoder
from qa_bot.errors import CorpusError
from qa_bot.index.chroma import Passages
from qa_bot.index.example_model import fit
from qa_bot.index.generation import Generation, passage_text
from qa_bot.index.manifest import (
    CORPUS,
    EXAMPLE_MODEL,
    MANIFEST,
    SENTENCES,
    Manifest,
    corpus_digest,
    file_digests,
    store_digests,
)
from qa_bot.index.stored import to_json
from qa_bot.index.vectors import TextVector, TextVectors, save
from qa_bot.records import Corpus, Sentence

Progress = Callable[[Iterator[tuple[str, Encoded]], int], Iterable[tuple[str, Encoded]]]


def unseen(encoded: Iterator[tuple[str, Encoded]], _: int) -> Iterable[tuple[str, Encoded]]:
    """The progress that nobody watches."""
    return encoded


def write(
    folder: Path,
    searched: Passages,
    corpus: Corpus,
    encoder: Encoder,
    *,
    published: str,
    published_by: str,
    known: TextVectors | None,
    progress: Progress = unseen,
) -> Generation:
    """Write a new generation into the empty `folder` and the new collection `searched`, and open it.

    :param published: the time, as ISO 8601 text, and `published_by` who, for the manifest.
    :param known: vectors of an earlier generation by the same encoder; its texts are not encoded again.
    :param progress: wraps the texts while they are encoded; also gets their number.
    :raises OSError: the folder cannot be written.
    :raises CorpusError: nothing in the articles can be quoted.
    :raises DamagedIndexError: what was written cannot be opened again.
    """
    from qa_bot.index.counting import count_words

    stored = json.dumps(to_json(corpus), ensure_ascii=False)
    (folder / CORPUS).write_text(stored, encoding="utf-8")
    manifest = Manifest(
        encoder=encoder.fingerprint,
        rules_version=RULES_VERSION,
        corpus_digest=corpus_digest(corpus),
        articles=len(corpus.articles),
        passages=0,
        sentences=0,
        published=published,
        published_by=published_by,
    )
    draft = Generation(folder, searched, manifest, corpus, sentences_of(corpus))
    if not draft.sentences:
        raise CorpusError(
            "The articles hold no sentence that can be quoted; check that their text was pasted whole."
        )
    aligned, others = _texts(draft)
    wanted = sorted(aligned | others, key=len)  # like lengths together: less padding
    save(folder, _vectors(wanted, aligned, encoder, known, progress))
    _write_sentences(folder, draft.sentences)
    count_words(draft).save(folder)
    _write_example_model(folder, draft)
    try:
        _fill(draft)
    finally:
        draft.close()
    finished = {
        **asdict(manifest),
        "passages": len(draft.passages),
        "sentences": len(draft.sentences),
        "files": file_digests(folder),
        "store_files": store_digests(folder),
    }
    (folder / MANIFEST).write_text(json.dumps(finished, indent=2), encoding="utf-8")
    return Generation.open(folder, searched)


def _vectors(
    wanted: Sequence[str],
    aligned: Set[str],
    encoder: Encoder,
    known: TextVectors | None,
    progress: Progress,
) -> Iterator[tuple[str, TextVector]]:
    """The vectors of all `wanted` texts, in order; what is `known` is not encoded again."""
    # What was only searched so far has no word vectors.
    old = {t for t in wanted if known and t in known and (t not in aligned or known.stems(t))}
    new = [text for text in wanted if text not in old]
    encoded = iter(progress(zip(new, encoder.encode(new, "document"), strict=True), len(new)))
    for text in wanted:
        if known and text in old:
            yield text, known[text]
        else:
            yield text, TextVector.of(next(encoded)[1], with_words=text in aligned)
    assert next(encoded, None) is None  # and so the progress is told that it is done


def _texts(generation: Generation) -> tuple[set[str], set[str]]:
    """Texts whose words are aligned with a question's, and those that are only searched."""
    aligned = {generation.text_in_context(sentence) for sentence in generation.sentences}
    searched = {passage_text(generation, passage) for passage in generation.passages}
    searched |= {generation.text(sentence) for sentence in generation.sentences}
    searched |= {example.question for example in generation.examples}
    return aligned, searched | set(generation.questions)


def _write_example_model(folder: Path, generation: Generation) -> None:
    """What the examples teach, and where the vectors of their questions stand."""
    rows = [generation.vectors.row(example.question) for example in generation.examples]
    model = fit(generation.examples, generation.vectors.at(rows))
    np.savez(
        folder / EXAMPLE_MODEL,
        rows=np.array(rows, int),
        weights=model.weights,
        answers=np.array(model.answers, str),
    )


def sentences_of(corpus: Corpus) -> Iterator[Sentence]:
    """The sentences of all articles, in order."""
    return (sentence for article in corpus.articles for sentence in sentences(article))


def _write_sentences(folder: Path, found: Sequence[Sentence]) -> None:
    rows = json.dumps([astuple(sentence) for sentence in found], ensure_ascii=False)
    (folder / SENTENCES).write_text(rows, encoding="utf-8")


def _fill(generation: Generation) -> None:
    """Put the passages where they will be searched."""
    passages = generation.passages
    generation._searched.fill(
        [passage.id for passage in passages],
        generation.passage_vectors,
        [passage_text(generation, passage) for passage in passages],
        [{"article": p.article_id, "start": p.start, "end": p.end} for p in passages],
    )
