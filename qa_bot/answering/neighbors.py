"""Sentences that need each other: what comes along with one, and where a quote ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.index.generation import Generation
from qa_bot.records import Sentence
from qa_bot.retrieval.ranking import Ranked

LONGEST_QUOTE = 60  # words, from which a neighbor that can stand alone begins another quote
MOST_LEANING = 2  # sentences in a quote for the sake of one that leans on the one before it
SHORT = 4  # words; a sentence this short only opens or closes what its neighbor says
_LEANS = re.compile(r"(?i)(this|these|those|it|its|they|their)\b")


def with_needed(sentence: Sentence, generation: Generation) -> tuple[Sentence, ...]:
    """The sentence with the neighbors it cannot be understood without, in the order of the text."""
    group = [sentence]
    while len(group) < MOST_LEANING and leans(generation.text(group[0])):
        before = _neighbor(group[0], -1, generation)
        if before is None:
            break
        group.insert(0, before)
    opener = _neighbor(group[0], -1, generation)
    if opener is not None and _is_short(opener, generation):
        group.insert(0, opener)  # "Yes." belongs to what it affirms
    after = _neighbor(sentence, 1, generation)
    if after is not None and _is_short(sentence, generation) and sentence is group[-1]:
        group.append(after)
    return tuple(group)


def _neighbor(sentence: Sentence, step: int, generation: Generation) -> Sentence | None:
    """The sentence before (-1) or after (1) within the same block; None at its ends."""
    index = generation.sentence_index[sentence.id] + step
    if not 0 <= index < len(generation.sentences):
        return None
    other = generation.sentences[index]
    return other if _distance(sentence, other) == 1 else None


def _is_short(sentence: Sentence, generation: Generation) -> bool:
    return len(generation.text(sentence).split()) <= SHORT


def leans(words: str) -> bool:
    """Whether a sentence begins with a word that points at the one before it.

    >>> leans("Its effects last."), leans("Itching is rare.")
    (True, False)
    """
    return bool(_LEANS.match(words.lstrip("“\"'")))


def _distance(one: Sentence, other: Sentence) -> int:
    """Sentences between the two within one block, 1 for neighbors; 0 for other blocks or the same."""
    same = one.article_id == other.article_id and one.block == other.block
    return abs(one.position - other.position) if same else 0


def runs(of: Sequence[Ranked], generation: Generation) -> list[list[Ranked]]:
    """Neighboring sentences together, each run in the order of its article. A long run is cut: what
    answers should not have to wait behind all that stands before it."""
    found: list[list[Ranked]] = []
    for one in sorted(of, key=lambda one: (one.sentence.article_id, one.sentence.start)):
        if found and _continues(found[-1], one, generation):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _continues(run: Sequence[Ranked], one: Ranked, generation: Generation) -> bool:
    """Whether a sentence belongs into the quote of those before it."""
    last = run[-1].sentence
    if _distance(last, one.sentence) != 1:
        return False
    needs = leans(generation.text(one.sentence)) or _is_short(last, generation)
    return needs or length([*run, one], generation) <= LONGEST_QUOTE


def length(of: Sequence[Ranked], generation: Generation) -> int:
    """Words of these sentences together."""
    return sum(len(generation.text(one.sentence).split()) for one in of)
