"""The words of a generation, counted once, when it is published → its `Lexicon`."""

from __future__ import annotations

from collections import Counter

import bm25s

from qa_bot.lexical import Lexicon
from qa_bot.records import Kind
from qa_bot.store import Generation
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
    return Lexicon(
        len(texts),
        frequency,
        sorted(found),  # in one order, so that equally near words are too
        (s for s in _names(generation) if frequency[s] <= TOPIC_SHARE * len(texts)),
        passages,
    )


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
