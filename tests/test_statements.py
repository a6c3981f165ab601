from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa_bot.articles.questions import read_rows
from qa_bot.chat import QABot
from qa_bot.composing.supporting import Supporter
from qa_bot.errors import EvaluationError
from qa_bot.evaluation.statements import (
    CAUGHT_FLOOR,
    Judged,
    Pair,
    StatementReport,
    as_lines,
    evaluate_statements,
    measure,
    read_pairs,
)
from qa_bot.settings import PREFIX
from tests.conftest import DATA, ROOT
from tests.language_model import language_model
from tests.statement_pairs import numbered, pairs, read_written

pytestmark = pytest.mark.slow


def report(split: str, bot: QABot) -> StatementReport:
    rows = read_pairs(read_rows(DATA / f"statements_{split}.jsonl"))
    return evaluate_statements(rows, Supporter.of(bot.generation(), bot.encoder()))


def share(of: tuple[int, int]) -> float:
    return of[0] / of[1]


def test_the_verifier_meets_its_floors_on_the_statements_it_was_made_with(bot: QABot) -> None:
    assert report("dev", bot).below_floor == ()


def test_wrong_statements_of_the_held_out_split_are_caught(bot: QABot) -> None:
    found = report("test", bot)
    assert share(found.of("wrong")) >= CAUGHT_FLOOR
    # Below the floor of 0.85: right statements in freer words are dropped too often (see the guide).
    assert share(found.of("right")) >= 0.7


@pytest.mark.parametrize("split", ["dev", "test"])
def test_the_pairs_are_what_their_rules_make_of_the_written_ones(split: str) -> None:
    made = "".join(numbered(pairs(read_written(), split), split))
    assert (DATA / f"statements_{split}.jsonl").read_text(encoding="utf-8") == made


def test_no_statement_is_in_both_splits_and_there_are_enough() -> None:
    rows = {
        split: read_pairs(read_rows(DATA / f"statements_{split}.jsonl"))
        for split in ("dev", "test")
    }
    assert sum(map(len, rows.values())) >= 300
    statements = [{row.statement for row in split if row.by == "hand"} for split in rows.values()]
    assert not statements[0] & statements[1]


def test_every_cited_sentence_stands_in_an_article(bot: QABot) -> None:
    texts = [article.text for article in bot.articles()]
    for row in read_written():
        for cited in row["cited"]:
            assert all(any(s in text for text in texts) for s in cited["sentences"])


def judged(label: str, reason: str) -> Judged:
    pair = Pair("p", label, "number", "It works.", ())  # type: ignore[arg-type]
    return Judged(pair, reason)


def test_the_report_counts_and_misses_its_floors_where_it_should() -> None:
    good = StatementReport((judged("right", ""), judged("wrong", "no")))
    assert good.below_floor == ()
    bad = StatementReport((judged("right", "no"), judged("wrong", "")))
    assert len(bad.below_floor) == 2
    lines = list(as_lines(bad))
    assert any("shown, though wrong (number)" in line for line in lines)
    assert any("dropped: no" in line for line in lines)


@pytest.mark.parametrize(
    "row", [{}, {"id": "1", "label": "maybe", "kind": "", "statement": "", "cited": []}]
)
def test_a_row_that_is_no_pair_is_named(row: dict[str, object]) -> None:
    with pytest.raises(EvaluationError, match="Row 1 is no pair"):
        read_pairs([row])


def test_the_command_prints_figures_and_fails_under_a_floor(
    tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PREFIX + "INDEX", str(index))
    row = {
        "id": "1",
        "label": "right",
        "kind": "supported",
        "statement": "TMS needs a surgeon.",
        "cited": [{"sentences": ["TMS is noninvasive."]}],
    }
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    assert measure(path) == 1
    assert "right statements kept" in capsys.readouterr().out
    path.write_text(json.dumps(row | {"label": "wrong"}), encoding="utf-8")
    assert measure(path) == 0


def test_evaluate_tells_what_came_of_asking_a_language_model(index: Path, tmp_path: Path) -> None:
    rows = (DATA / "questions_dev.jsonl").read_text(encoding="utf-8").splitlines()[:3]
    (tmp_path / "questions.jsonl").write_text("\n".join(rows), encoding="utf-8")
    with language_model() as model:
        done = subprocess.run(
            [sys.executable, "-m", "qa_bot", "evaluate", "--questions",
             str(tmp_path / "questions.jsonl"), "--setting", "LLM=openai:x", f"LLM_URL={model.url}"],
            cwd=ROOT, env=os.environ | {PREFIX + "INDEX": str(index)},
            capture_output=True, text=True,
        )  # fmt: skip
    assert "LLM=openai:x" in done.stdout, done.stderr
    assert "statements: " in done.stdout and " kept, " in done.stdout
    assert f"{len(model.calls)} calls" in done.stdout
