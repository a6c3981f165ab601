from functools import lru_cache
from pathlib import Path

from qa_bot.index.counting import count_words
from qa_bot.index.lexical import Lexicon
from qa_bot.records import Term
from qa_bot.words import stem
from tests.unpublished import generation, generation_of


@lru_cache(maxsize=1)
def counted() -> Lexicon:
    return count_words(generation())


def test_topics_are_what_has_a_name_not_what_everything_is_about() -> None:
    lexicon = counted()
    named = {stem(w) for w in ("TMS", "ECT", "esketamine", "Spravato", "MAOIs", "augmentation")}
    assert named <= lexicon.topics
    everyday = {stem(w) for w in ("depression", "weeks", "dose", "medication", "effects", "hours")}
    assert not everyday & lexicon.topics


def test_a_single_name_of_the_glossary_is_a_topic_a_way_of_speaking_is_not(tmp_path: Path) -> None:
    text = (
        "# Gardens\n\n## Care of plants\n\nA fertilizer feeds them. Some shears are sharp. Bye now."
    )
    terms = Term("plant food", "fertilizer", True), Term("scissors", "shears", False)
    topics = count_words(generation_of(tmp_path, text, *terms)).topics
    assert stem("fertilizer") in topics
    assert stem("shears") not in topics


def test_the_vocabulary_holds_whole_words_in_lower_case() -> None:
    lexicon = counted()
    assert {"esketamine", "anesthesia", "montville"} <= set(lexicon.vocabulary)
    assert all(word == word.casefold() for word in lexicon.vocabulary)
    assert "the" not in lexicon.vocabulary


def test_articles_speak_of_subjects_in_any_number(tmp_path: Path) -> None:
    text = "# Sleep apnea: a guide\n\nUse of CPAP helps. CPAPs are loud. The new mask helps Ann."
    lexicon = count_words(generation_of(tmp_path, text))
    (article,) = lexicon.speaking_of([stem("CPAP")])
    assert lexicon.speaking_of([stem("apnea")]) == {article}
    for nothing in ("mask", "Ann", "unheard"):
        assert lexicon.speaking_of([stem(nothing)]) == frozenset()
    assert lexicon.covers(["cpap", "apnea", "mask"], [article])
    assert not lexicon.covers(["cpap"], [])
    assert lexicon.covers(["mask"], [])
