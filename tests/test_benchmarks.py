"""The benchmarks measure what they say; that they run as a whole is `make bench`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import PARTS
from benchmarks.costs import STEPS, _timed
from benchmarks.generated import GeneratedEncoder, asked, corpus, vectors
from benchmarks.measuring import ROOT, Row, percentile, run, seconds
from benchmarks.page import page
from benchmarks.searching import searching
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.index.opening import open_store
from qa_bot.index.publishing import publish

pytestmark = pytest.mark.slow


def test_made_up_articles_are_published_and_their_sentences_found(
    encoder: Encoder, tmp_path: Path
) -> None:
    articles, made_up = corpus(60), GeneratedEncoder(encoder)
    store = open_store(tmp_path / "index")
    publish(articles, made_up, store, now=datetime.now(UTC))
    bot = QABot(tmp_path / "index", "bundled", encoder=made_up)
    assert len(bot.generation().passages) == 60
    for question in asked(articles, 5):
        ranking, generation = bot.rank(question)
        said = generation.text(ranking.ranked[0].sentence).casefold()
        assert sum(word in said for word in question.strip("?").split()[2:]) >= 4


def test_a_chroma_server_finds_the_nearest_of_made_up_vectors(tmp_path: Path) -> None:
    *_, missed = searching(400, tmp_path / "server")
    assert missed.name == "400 vectors: missed of the 10 nearest"
    assert missed.value == 0
    assert not (tmp_path / "server").exists()


def test_made_up_vectors_are_spread_like_those_of_real_paragraphs() -> None:
    cosines = (made := vectors(300)) @ made.T
    np.fill_diagonal(cosines, -1)
    assert 0.5 < cosines.max(axis=1).mean() < 0.65


def test_the_same_articles_and_vectors_come_again(encoder: Encoder) -> None:
    assert corpus(40) == corpus(40)
    one, other = (next(GeneratedEncoder(encoder).encode(["bada"], "document")) for _ in range(2))
    assert np.array_equal(one.vector, other.vector)


def test_a_row_says_whether_its_aim_was_met() -> None:
    assert Row("a", "b", 2.0, "×", 2).verdict == "within 2"
    assert Row("a", "b", 2.1, "×", 2).verdict == "MISSES 2"
    assert Row("a", "b", 2.1, "×").verdict == ""


def test_times_are_the_best_of_the_rounds() -> None:
    ticks = iter([0.0, 5.0, 5.0, 6.0, 6.0, 9.0])
    assert seconds(lambda _: None, ["one"], 3, lambda: next(ticks)) == [1.0]
    assert percentile([1.0, 2.0, 9.0], 50) == 2.0


def test_the_page_shows_every_figure_and_a_plot_of_each_part() -> None:
    rows = [Row("question", "an <answer>", 3.0, "×", 2)]
    plotted = {
        "steps": {"the encoder": 3.0, "the rest": 1.0},
        "peers": {"qa-bot": {"p50": 1.0, "first": 1.0, "memory": 100.0}},
        "growth": [{"passages": 100, "p50": 5.0}, {"passages": 1_000, "p50": 6.0}],
        "readers": [{"readers": 1, "p50": 0.01}, {"readers": 50, "p50": 0.02}],
    }
    shown = page({"commit": "abc", "when": "now", "plotted": plotted}, rows)
    assert "an &lt;answer&gt;" in shown and "number missed" in shown
    assert shown.count("<svg") == 6


def test_the_commands_of_the_guide_are_known() -> None:
    guide = (ROOT / "docs/performance.md").read_text(encoding="utf-8")
    told = re.findall(r"^\.venv/bin/python -m benchmarks (.*)", guide, re.MULTILINE)
    assert len(told) == 2
    for arguments in told:
        assert all(part == "--help" or part in PARTS for part in arguments.split())
    done = run("-m", "benchmarks", "--help")
    assert done.said


def test_every_step_of_an_answer_is_timed(bot: QABot) -> None:
    with _timed() as spent:
        bot.ask("What is TMS?")
    assert set(spent) == set(STEPS)
