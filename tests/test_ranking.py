from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from qa_bot.articles.corpus import read_corpus
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.generation import Generation
from qa_bot.index.publishing import publish
from qa_bot.records import Kind
from qa_bot.retrieval.features import FEATURES
from qa_bot.retrieval.ranking import MOST_SENTENCES, Ranking

INDEX = {name: position for position, name in enumerate(FEATURES)}


def ranked(bot: QABot, question: str, history: Sequence[str] = ()) -> tuple[Ranking, Generation]:
    return bot.rank(question, history)


def best(bot: QABot, question: str, count: int = 5) -> list[str]:
    ranking, generation = ranked(bot, question)
    return [generation.text(one.sentence) for one in ranking.ranked[:count]]


def kinds(bot: QABot, question: str) -> set[Kind]:
    return {one.sentence.kind for one in ranked(bot, question)[0].ranked}


def test_sentences_come_best_first_each_once(bot: QABot) -> None:
    ranking, _ = ranked(bot, "How fast does esketamine work?")
    scores = [one.score for one in ranking.ranked]
    assert scores == sorted(scores, reverse=True)
    ids = [one.sentence.id for one in ranking.ranked]
    assert len(ids) == len(set(ids)) <= MOST_SENTENCES


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How fast does esketamine work?", "within hours to days"),
        ("Does TMS need anesthesia?", "anesthesia"),
        ("What happens to memory with electroshock?", "memory impairment"),
        ("Who is Daniel Montville?", "Daniel Montville"),
    ],
)
def test_the_sentence_that_answers_is_among_the_first(bot: QABot, question: str, says: str) -> None:
    assert any(says in sentence for sentence in best(bot, question))


LIFE = """---
title: "{title}"
---

{name} was born on a farm. {name} was sent away by the elders.

Later the young baker lived by repairing clocks.
"""


@pytest.mark.parametrize(
    ("title", "names_it"),
    [
        ("Ada Marlow", True),
        ("Ada Marlow: how a baker came to mend the clocks of her village", True),
        ("How a baker whose name was Marlow came to mend clocks", False),
        ("Marlow, Harrow and their clocks", False),
        ("Who was Ada Marlow?", False),
    ],
)
def test_every_sentence_is_about_what_the_title_names(
    title: str, names_it: bool, encoder: Encoder, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "one.txt").write_text(LIFE.format(title=title, name="Ada Marlow"))
    (corpus / "two.txt").write_text(LIFE.format(title="Tom Harrow", name="Tom Harrow"))
    index = tmp_path / "index"
    publish(read_corpus(corpus), encoder, FolderStore(index), now=datetime.now(UTC))
    ranking, generation = QABot(index, "bundled").rank("How did Marlow live later?")
    marlow = [word.text for word in ranking.target.words].index("Marlow")
    met = {
        one.sentence.article_id: one.alignment[marlow] == 1
        for one in ranking.ranked
        if "clocks" in generation.text(one.sentence)
    }
    assert met["one"] == names_it and not met.get("two")
    assert not names_it or ranking.ranked[0].sentence.article_id == "one"


def test_a_crisis_notice_is_quoted_only_where_it_was_asked_for(bot: QABot) -> None:
    assert Kind.CRISIS_NOTICE in kinds(bot, "What number do I call in an emergency?")
    assert Kind.CRISIS_NOTICE not in kinds(bot, "How long should I wait before it is a failure?")


def test_weights_of_the_words_sum_to_one_and_favor_the_telling_word(bot: QABot) -> None:
    ranking, _ = ranked(bot, "Which depression patients have catatonia?")
    weights = {
        word.text: weight
        for word, weight in zip(ranking.target.words, ranking.target.weights, strict=True)
    }
    assert sum(weights.values()) == pytest.approx(1, abs=1e-5)
    assert weights["catatonia"] > weights["depression"]


def test_features_and_alignments_are_finite_and_in_range(bot: QABot) -> None:
    ranking, _ = ranked(bot, "Is ECT still used?")
    table = np.stack([one.features for one in ranking.ranked])
    assert table.shape == (len(ranking.ranked), len(FEATURES))
    assert np.isfinite(table).all()
    assert ((table[:, INDEX["lexical"]] >= 0) & (table[:, INDEX["lexical"]] <= 1 + 1e-5)).all()
    for one in ranking.ranked:
        assert one.alignment.shape == (len(ranking.target.words),)
        assert one.alignment.max() <= 1 + 1e-5


def test_a_word_that_stands_in_the_sentence_is_met_wholly(bot: QABot) -> None:
    ranking, generation = ranked(bot, "catatonia")
    first = ranking.ranked[0]
    assert "catatonia" in generation.text(first.sentence)
    assert first.alignment[0] == pytest.approx(1, abs=1e-5)


def test_carried_words_come_first_and_weigh_less(bot: QABot) -> None:
    ranking, _ = ranked(bot, "What are its side effects?", ["What is ECT?"])
    assert [word.text for word in ranking.target.words[: ranking.target.carried]] == ["ECT"]
    alone, _ = ranked(bot, "ECT: What are its side effects?")
    weight = dict(zip([w.text for w in ranking.target.words], ranking.target.weights, strict=True))
    own = dict(zip([w.text for w in alone.target.words], alone.target.weights, strict=True))
    assert weight["ECT"] < own["ECT"]


@pytest.mark.parametrize(
    ("kind", "asks", "does_not"),
    [
        (Kind.TESTIMONIAL, "What do members say about esketamine?", "Does esketamine work?"),
        (Kind.REFERENCE, "Which sources does the article cite?", "What is remission?"),
        (Kind.BYLINE, "Who reviewed the article?", "What is remission?"),
        (Kind.NOTE, "Is the Manifest page medically reviewed?", "What is remission?"),
    ],
)
def test_what_speaks_of_the_page_is_found_only_when_asked_for(
    bot: QABot, kind: Kind, asks: str, does_not: str
) -> None:
    assert kind in kinds(bot, asks)
    assert kind not in kinds(bot, does_not)


def test_a_question_without_a_word_that_names_anything_is_ranked_too(bot: QABot) -> None:
    ranking, _ = ranked(bot, "Why?")
    assert [word.text for word in ranking.target.words] == ["Why"]
    assert ranking.ranked
