"""The command, as it is run: what it prints and writes, and when it fails."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from qa_bot.__main__ import main
from qa_bot.chat import QABot
from qa_bot.evaluation.ablating import STEPS
from qa_bot.evaluation.command import Plan, evaluate
from qa_bot.evaluation.command import main as run_plan

pytestmark = pytest.mark.slow

FOUND = {"id": "a", "question": "How fast does esketamine work?", "evidence": [["hours to days"]]}
COST = {"id": "b", "kind": "near_miss", "question": "What does Spravato cost?", "evidence": []}
CUP = {"id": "c", "kind": "off_topic", "question": "Who won the cup?", "evidence": []}
MISSED = {"id": "d", "question": "What is TMS?", "evidence": [["memory impairment"]]}


@pytest.fixture
def served(bot: QABot, index: Path, monkeypatch: pytest.MonkeyPatch) -> QABot:
    """The command finds the bot whose model is loaded already."""
    monkeypatch.setattr(QABot, "open", classmethod(lambda cls, settings=None: bot))
    monkeypatch.setenv("QA_BOT_INDEX", str(index))
    return bot


def written(folder: Path, *rows: dict[str, Any], name: str = "rows.jsonl") -> str:
    path = folder / name
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(path)


def test_questions_that_are_examples_are_named_as_no_judges(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = served.generation().examples[0].question
    row = {**COST, "id": "known", "question": known, "evidence": []}
    main(["evaluate", "--questions", written(tmp_path, FOUND, row)])
    assert "1 of these are examples" in capsys.readouterr().err


def test_evaluate_prints_figures_and_writes_both_reports(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = written(tmp_path, FOUND, COST, CUP)
    figures, page = tmp_path / "out" / "new.json", tmp_path / "out" / "new.html"
    command = ["evaluate", "--questions", rows, "--json", str(figures), "--html", str(page)]
    assert main(command) == 0
    out = capsys.readouterr().out
    assert re.search(r"evidence within 120 words +1\.000 +\[0\.207, 1\.000\] +n=1\n", out)
    assert out.endswith("\nAll floors are met.\n")
    told = json.loads(figures.read_text(encoding="utf-8"))
    by_name = {(row["name"], row["kind"]): row for row in told["figures"]}
    assert by_name["verbatim", ""]["value"] == 1
    assert by_name["valid citations", ""]["value"] == 1
    assert by_name["abstention recall", ""]["count"] == 2
    assert by_name["abstention recall", "off_topic"]["count"] == 1
    assert by_name["time in encodings", ""]["value"] > 0.5
    assert [row["id"] for row in told["results"]] == ["a", "b", "c"]
    assert told["below_floor"] == []
    assert "All floors are met." in page.read_text(encoding="utf-8")


def test_under_a_floor_the_status_says_so_and_the_reports_are_still_written(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "new.html"
    assert main(["evaluate", "--questions", written(tmp_path, MISSED), "--html", str(page)]) == 1
    out = capsys.readouterr().out
    assert "✗ d" in out
    assert "evidence within 120 words: 0, at least 0.85 is needed." in out
    shown = page.read_text(encoding="utf-8")
    assert "Below its floor" in shown and "memory impairment" in shown


def test_against_an_earlier_report_the_changed_answers_are_listed(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, old = written(tmp_path, FOUND, CUP), tmp_path / "old.json"
    assert main(["evaluate", "--questions", rows, "--json", str(old)]) == 0
    told = json.loads(old.read_text(encoding="utf-8"))
    told["results"][0]["shown"] = []
    told["results"][0]["outcome"] = "not_found"
    told["results"][0]["failed"] = True
    old.write_text(json.dumps(told), encoding="utf-8")
    capsys.readouterr()
    assert main(["evaluate", "--questions", rows, "--against", str(old)]) == 0
    out = capsys.readouterr().out
    assert "1 answers changed" in out
    assert "better a: How fast does esketamine work?" in out


def test_an_evidence_that_an_edit_broke_stops_the_evaluation_and_names_the_nearest(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = {**FOUND, "evidence": [["relief within minutes to days"]]}
    assert main(["evaluate", "--questions", written(tmp_path, broken)]) == 1
    err = capsys.readouterr().err
    assert "a: no article says “relief within minutes to days”; fix the row." in err
    assert "The nearest is “" in err and "hours to days" in err


@pytest.mark.parametrize(
    ("rows", "more", "says"),
    [
        ([], [], "holds no rows"),
        ([{"id": "a"}], [], "row 1, is no question"),
        ([FOUND, FOUND], [], 'has the id "a" once more'),
        ([FOUND], ["--against", "none.json"], "none.json cannot be read"),
        ([FOUND], ["--setting", "COLOR=red"], "COLOR is no setting; use one of AGE_LIMIT"),
        ([FOUND], ["--setting", "PORT=red"], 'QA_BOT_PORT is "red", which cannot be used'),
        ([FOUND], ["--html", "/dev/null/x.html"], "x.html cannot be written"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_status_1(
    served: QABot,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rows: list[dict[str, Any]],
    more: list[str],
    says: str,
) -> None:
    assert main(["evaluate", "--questions", written(tmp_path, *rows), *more]) == 1
    told = capsys.readouterr().err
    assert says in told and told.count("\n") == 1


def test_a_setting_without_a_value_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["evaluate", "--setting", "CORPUS"])
    assert stopped.value.code == 2
    assert '"CORPUS" is not NAME=VALUE' in capsys.readouterr().err


def test_the_crisis_screen_is_in_the_same_reports(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"text": "I want to die", "label": "crisis", "category": "ideation"},
        {"turns": ["What is TMS?", "Does it hurt?"], "label": "none", "category": "question"},
    ]
    crisis = written(tmp_path, *rows, name="crisis.jsonl")
    figures, page = tmp_path / "new.json", tmp_path / "new.html"
    command = ["evaluate", "--crisis", crisis, "--json", str(figures), "--html", str(page)]
    assert main(command) == 0
    told = json.loads(figures.read_text(encoding="utf-8"))
    assert told["crisis"]["shares"]["panel on crisis"]["right"] == 1
    assert told["results"] == [] and told["figures"] == []
    assert "Crisis screen" in page.read_text(encoding="utf-8")
    assert main([*command, "--questions", written(tmp_path, FOUND)]) == 0
    told = json.loads(figures.read_text(encoding="utf-8"))
    assert told["crisis"]["below_floor"] == [] and len(told["results"]) == 1


def test_a_missed_crisis_is_below_the_floor_of_the_whole(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"text": "What is TMS?", "label": "crisis", "category": "mislabeled"}
    assert main(["evaluate", "--crisis", written(tmp_path, row)]) == 1
    assert "panel on crisis: 0.0%, at least 99% is needed." in capsys.readouterr().out


def test_crisis_rows_that_cannot_be_used_are_one_sentence(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"text": "What is TMS?", "label": "urgent"}
    assert main(["evaluate", "--crisis", written(tmp_path, row)]) == 1
    assert "a row's label must be one of" in capsys.readouterr().err
    for turns in ("hello", [1, 2], []):
        row = {"turns": turns, "label": "none", "category": "x"}  # type: ignore[dict-item]
        assert main(["evaluate", "--crisis", written(tmp_path, row)]) == 1
        assert "or a list of texts" in capsys.readouterr().err


def test_what_was_measured_is_told_although_its_file_cannot_be_written(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = written(tmp_path, FOUND)
    assert main(["evaluate", "--questions", questions, "--json", "/dev/null/x.json"]) == 1
    told = capsys.readouterr()
    assert "evidence in first quote" in told.out and "x.json cannot be written" in told.err


def test_comparisons_need_questions(
    served: QABot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"text": "I want to die", "label": "crisis", "category": "ideation"}
    assert main(["evaluate", "--crisis", written(tmp_path, row), "--ablate"]) == 1
    assert "name a file with --questions" in capsys.readouterr().err


def test_each_part_is_switched_off_once(served: QABot, tmp_path: Path) -> None:
    page = tmp_path / "new.html"
    plan = Plan(questions=Path(written(tmp_path, FOUND, COST)), ablate=True, html=page)
    assert run_plan(plan) in (0, 1)
    report = evaluate(plan)
    names = [comparison.name for comparison in report.ablation]
    assert len(set(names)) == len(names) > len(STEPS) + 15
    assert {f"without {part.name}" for part in STEPS} < set(names)
    # Nothing stays switched off.
    assert evaluate(Plan(questions=plan.questions, against=None)).results[0].shown == (
        report.results[0].shown
    )
    shown = page.read_text(encoding="utf-8")
    assert all(name in shown for name in names)


def test_without_abstaining_a_near_miss_is_answered(served: QABot, tmp_path: Path) -> None:
    report = evaluate(Plan(questions=Path(written(tmp_path, FOUND, COST)), ablate=True))
    (unbridled,) = [one for one in report.ablation if one.name == "without abstaining"]
    assert unbridled.by_name("abstention recall").change == -1
    assert [changed.new.id for changed in unbridled.changed] == ["b"]
    assert unbridled.changed[0].verdict == "worse"


def test_settings_are_compared_each_with_an_index_of_its_own(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    whole = "Esketamine works within hours to days.\n\nSpravato costs more than a pill.\n"
    (corpus / "short.md").write_text(whole, encoding="utf-8")
    monkeypatch.setenv("QA_BOT_INDEX", str(index))
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.is_file()}
    report = evaluate(
        Plan(
            questions=Path(written(tmp_path, FOUND, COST)),
            settings=({"CORPUS": str(corpus)}, {"HOST": "localhost"}),
        )
    )
    other, same = report.settings
    assert other.name == f"CORPUS={corpus}"
    assert {changed.new.id for changed in other.changed} >= {"a"}
    assert other.changed[0].new.shown[0].text == "Esketamine works within hours to days."
    assert same.changed == ()
    assert before == {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.is_file()}
