from functools import lru_cache
from math import log
from pathlib import Path

import pytest

from qa_bot.index.counting import count_words
from qa_bot.index.generation import Generation
from qa_bot.index.lexical import Lexicon
from qa_bot.words import content_stems, stem
from tests.unpublished import generation, generation_of

ARTICLE = """# Gardens

## Watering

Roses drink water. Tulips drink water early.

## Pruning

Cut roses in March. Herbs need no cut.
"""


@lru_cache(maxsize=1)
def articles() -> tuple[Generation, Lexicon]:
    opened = generation()
    return opened, count_words(opened)


def found(query: str, count: int = 5) -> list[str]:
    opened, lexicon = articles()
    best = [opened.passages[index] for index in lexicon.search(content_stems(query), count)]
    return [opened.articles[p.article_id].text[p.start : p.end] for p in best]


def test_the_weight_of_a_word_is_its_inverse_sentence_frequency(tmp_path: Path) -> None:
    """4 sentences; "roses" stands in 2: log(1 + (4 - 2 + 0.5) / (2 + 0.5)) = log 2. A heading counts
    for its sentences: "watering" is read with 2. An unknown word: log(1 + 4.5 / 0.5) = log 10."""
    lexicon = count_words(generation_of(tmp_path, ARTICLE))
    assert lexicon.weight(stem("roses")) == pytest.approx(log(2))
    assert lexicon.weight(stem("tulips")) == pytest.approx(log(1 + 3.5 / 1.5))
    assert lexicon.weight(stem("cactus")) == pytest.approx(log(10))


def test_rarer_words_weigh_more_and_unknown_ones_most() -> None:
    _, lexicon = articles()
    common, rare, unknown = (
        lexicon.weight(stem(w)) for w in ("depression", "anhedonia", "volcano")
    )
    assert 0 < common < rare < unknown


def test_a_word_is_known_by_its_stem_and_from_headings_too(tmp_path: Path) -> None:
    lexicon = count_words(generation_of(tmp_path, ARTICLE))
    assert lexicon.knows("rose")
    assert lexicon.knows("Pruned")  # only the heading says it
    assert not lexicon.knows("cactus")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("dietary restrictions MAOI", "dietary restriction"),
        ("catatonia", "catatonia"),
        ("theta burst", "theta-burst"),
    ],
)
def test_search_finds_the_passages_with_the_words_themselves(query: str, says: str) -> None:
    assert says in found(query)[0]


def test_search_gives_at_most_count_and_nothing_for_unknown_words() -> None:
    _, lexicon = articles()
    assert len(lexicon.search(["depress"], 3)) == 3
    assert lexicon.search(["volcano"], 3) == []
    assert lexicon.search([], 3) == []
    assert found("volcano anhedonia") == found("anhedonia")


def test_search_leaves_out_passages_with_none_of_the_words() -> None:
    texts = found("anhedonia", 1_000)
    assert texts
    assert all("anhedonia" in text.casefold() for text in texts)
