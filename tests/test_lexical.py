from functools import lru_cache
from math import log
from pathlib import Path

import pytest

from qa_bot.lexical import Lexicon
from qa_bot.records import Term
from qa_bot.store import Generation
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
    return opened, Lexicon.of(opened)


def found(query: str, count: int = 5) -> list[str]:
    opened, lexicon = articles()
    best = [opened.passages[index] for index in lexicon.search(content_stems(query), count)]
    return [opened.articles[p.article_id].text[p.start : p.end] for p in best]


def test_the_weight_of_a_word_is_its_inverse_sentence_frequency(tmp_path: Path) -> None:
    """4 sentences; "roses" stands in 2: log(1 + (4 - 2 + 0.5) / (2 + 0.5)) = log 2. A heading counts
    for its sentences: "watering" is read with 2. An unknown word: log(1 + 4.5 / 0.5) = log 10."""
    lexicon = Lexicon.of(generation_of(tmp_path, ARTICLE))
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
    lexicon = Lexicon.of(generation_of(tmp_path, ARTICLE))
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


def test_topics_are_what_has_a_name_not_what_everything_is_about() -> None:
    _, lexicon = articles()
    named = {stem(w) for w in ("TMS", "ECT", "esketamine", "Spravato", "MAOIs", "augmentation")}
    assert named <= lexicon.topics
    everyday = {stem(w) for w in ("depression", "weeks", "dose", "medication", "effects", "hours")}
    assert not everyday & lexicon.topics


def test_a_single_name_of_the_glossary_is_a_topic_a_way_of_speaking_is_not(tmp_path: Path) -> None:
    text = (
        "# Gardens\n\n## Care of plants\n\nA fertilizer feeds them. Some shears are sharp. Bye now."
    )
    terms = Term("plant food", "fertilizer", True), Term("scissors", "shears", False)
    topics = Lexicon.of(generation_of(tmp_path, text, *terms)).topics
    assert stem("fertilizer") in topics
    assert stem("shears") not in topics


def test_the_vocabulary_holds_whole_words_in_lower_case() -> None:
    _, lexicon = articles()
    assert {"esketamine", "anesthesia", "montville"} <= set(lexicon.vocabulary)
    assert all(word == word.casefold() for word in lexicon.vocabulary)
    assert "the" not in lexicon.vocabulary
