"""The words of a generation, counted once, when it is published → its `Lexicon`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set

import bm25s

from qa_bot.articles.subjects import subject_stems
from qa_bot.index.generation import Generation
from qa_bot.index.lexical import Lexicon
from qa_bot.records import Kind
from qa_bot.words import content_stems, words

TOPIC_SHARE = 0.4  # a word in more than this share of the sentences is what everything is about
SHORT_HEADING = 2  # words; a heading this short is the name of something
NAMING = frozenset({Kind.BODY, Kind.FAQ, Kind.TAKEAWAY, Kind.LIST_ITEM, Kind.PROMOTION})


def count_words(generation: Generation) -> Lexicon:
    """What the words of a generation are worth."""
    texts = [generation.text_in_context(sentence) for sentence in generation.sentences]
    stems = {s.id: content_stems(t) for s, t in zip(generation.sentences, texts, strict=True)}
    frequency = Counter(stem for of_one in stems.values() for stem in set(of_one))
    found = {word.text.casefold() for text in texts for word in words(text) if word.is_content}
    passages = bm25s.BM25()
    passages.index(
        [[stem for id_ in p.sentence_ids for stem in stems[id_]] for p in generation.passages],
        show_progress=False,
    )
    articles = generation.articles.values()
    said = {a.id: set(content_stems(f"{a.title} {a.publisher}")) for a in articles}
    for sentence in generation.sentences:
        said[sentence.article_id].update(stems[sentence.id])
    names = _names(generation)
    subjects = _subjects(generation, names)
    return Lexicon(
        len(texts),
        frequency,
        sorted(found),  # in one order, so that equally near words are too
        (s for s in names if frequency[s] <= TOPIC_SHARE * len(texts)),
        _speaking(subjects, said),
        passages,
    )


def _speaking(subjects: Set[str], said: Mapping[str, Set[str]]) -> dict[str, list[str]]:
    """Ids of the articles that have a word with the stem of a subject, or with its plural's: that of
    "SSRIs" keeps its "s". `said`: the stems of each article. Without subjects that nobody speaks of."""
    meant: dict[str, list[str]] = {}
    for one in sorted(subjects):
        for form in {one, f"{one}s", one.removesuffix("s")}:
            meant.setdefault(form, []).append(one)
    speaking: dict[str, list[str]] = {}
    for id_, stems in said.items():
        for one in sorted({one for form in stems & meant.keys() for one in meant[form]}):
            speaking.setdefault(one, []).append(id_)
    return speaking


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
    return (
        names
        | _single(term.meant for term in generation.glossary if term.is_name)
        | {word for word, count in capital.items() if count > small[word]}
    )


def _subjects(generation: Generation, names: set[str]) -> set[str]:
    """Stems of what an article may speak of and another not: abbreviations, the glossary's names and
    readers' words for them, what titles name, and publishers."""
    listed = (term for term in generation.glossary if term.is_name)
    subjects = _abbreviations(generation) | _single(p for t in listed for p in (t.said, t.meant))
    for article in generation.articles.values():
        subjects |= subject_stems(article) | names & set(content_stems(article.publisher))
    return subjects


def _single(phrases: Iterable[str]) -> set[str]:
    """Stems of the phrases of one word."""
    return {stem for one in phrases if len(one.split()) == 1 for stem in content_stems(one)}


def _abbreviations(generation: Generation) -> set[str]:
    """Stems of words mostly written in capitals (TMS)."""
    capitals, others = Counter[str](), Counter[str]()
    for sentence in generation.sentences:
        for word in words(generation.text(sentence)):
            if word.is_content and len(word.text) > 1 and word.text.isalpha():
                (capitals if word.text.removesuffix("s").isupper() else others)[word.stem] += 1
    return {word for word, count in capitals.items() if count > others[word]}
