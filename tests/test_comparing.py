import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa_bot.answers import Answer
from qa_bot.errors import EvaluationError
from qa_bot.evaluation.comparing import compare, read_results
from qa_bot.evaluation.figures import Result
from qa_bot.evaluation.metrics import Case
from tests.small import MAGNETS, SILENT, answered, asked, quote

WHOLE, FIRST = quote(MAGNETS), quote("Magnets do not hurt.")


def result(name: str, answer: Answer, *evidence: str) -> Result:
    return Result.of(Case(asked(*[[one] for one in evidence], name=name), answer))


OLD = (
    result("a", answered(FIRST), "8 weeks"),
    result("b", answered(FIRST), "do not hurt"),
    result("c", answered(FIRST)),
    result("d", SILENT, "clinic"),
)
NEW = (
    result("a", answered(WHOLE), "8 weeks"),
    result("b", SILENT, "do not hurt"),
    result("c", answered(FIRST)),
    result("e", SILENT),
)


def test_only_questions_in_both_runs_are_compared() -> None:
    """a, b and c are in both; of a and b, evidence 0 and 1 became 1 and 0: no difference."""
    comparison = compare("new", OLD, NEW)
    evidence = comparison.by_name("evidence")
    assert (evidence.old, evidence.new, evidence.change, evidence.count) == (0.5, 0.5, 0, 2)
    assert evidence.verdict == ""
    assert (comparison.only_old, comparison.only_new) == (("d",), ("e",))


def test_changed_answers_are_listed_with_what_they_mean() -> None:
    changed = {one.new.id: one.verdict for one in compare("new", OLD, NEW).changed}
    assert changed == {"a": "better", "b": "worse"}
    told = compare("new", OLD, NEW).to_dict()["changed"][0]
    assert compare("new", OLD, NEW).to_dict(quotes=False)["changed"][0] == {
        "id": "a", "question": "?", "verdict": "better",
    }  # fmt: skip
    assert told["old"] == {"outcome": "answered", "quotes": ["Magnets do not hurt."]}
    assert told["new"] == {"outcome": "answered", "quotes": [MAGNETS]}


def test_a_clear_difference_is_called_better_or_worse_by_what_the_metric_wants() -> None:
    """Twenty answers of 4 words become answers of 16: more evidence, which is better, and more
    words, which is worse."""
    old = [result(str(n), answered(FIRST), "8 weeks") for n in range(20)]
    new = [result(str(n), answered(WHOLE), "8 weeks") for n in range(20)]
    comparison = compare("new", old, new)
    assert comparison.by_name("evidence").verdict == "better"
    assert comparison.by_name("quoted words").verdict == "worse"
    assert comparison.by_name("quoted words").change == len(MAGNETS.split()) - 4
    assert compare("new", new, old).by_name("evidence").verdict == "worse"
    assert compare("same", new, new).changed == ()


def test_a_figure_that_one_run_lacks_has_no_difference() -> None:
    told = compare("new", OLD[:1], NEW[:1]).by_name("abstention recall")
    assert told.count == 0
    assert told.to_dict()["change"] is None
    assert "no questions" in str(told)
    assert told.verdict == ""


def test_runs_without_a_question_in_common_are_not_compared() -> None:
    with pytest.raises(EvaluationError, match="no question in common"):
        compare("new", OLD[3:], NEW[3:])


def test_a_row_that_was_changed_is_not_compared_with_itself() -> None:
    other = replace(NEW[0], question="Something else?")
    with pytest.raises(EvaluationError, match="the row a has changed since"):
        compare("new", OLD, [other])


def test_results_come_back_from_a_report_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    rows = [one.to_dict() for one in OLD]
    path.write_text(json.dumps({"results": rows}), encoding="utf-8")
    assert read_results(path) == OLD


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "cannot be read"),
        ("[]", "is no report of this version"),
        ("{}", "is no report of this version"),
        ('{"results": [{"id": "a"}]}', "is no report of this version"),
        ('{"results": []}', "no question in common"),
    ],
)
def test_a_file_that_is_no_report_is_named_in_one_sentence(
    tmp_path: Path, content: str, says: str
) -> None:
    path = tmp_path / "old.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=says) as error:
        compare("new", read_results(path), NEW)
    assert "\n" not in str(error.value)
