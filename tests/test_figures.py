"""Figures, floors and curves, each with a case worked out by hand."""

from dataclasses import replace

import pytest

from qa_bot.evaluation.figures import (
    Figure,
    Result,
    abstention_curve,
    below_floor,
    figures,
    separation,
    untimed,
)
from qa_bot.evaluation.metrics import METRICS, Case
from tests.small import SHOCKS, SILENT, answered, asked, quote

FIRST, SECOND = quote("Magnets do not hurt."), quote("They take 6 to 8 weeks to work.")
OTHER = quote("Shocks need anesthesia.", SHOCKS, "b.txt")


def run(*cases: Case) -> tuple[Result, ...]:
    return tuple(
        replace(Result.of(case), id=f"q{number}") for number, case in enumerate(cases, start=1)
    )


def by_name(results: tuple[Result, ...], kind: str = "") -> dict[str, Figure]:
    return {one.metric.name: one for one in figures(results) if one.kind == kind}


def test_the_figures_of_a_run_worked_out_by_hand() -> None:
    """Four answerable questions: one found whole, one in its second group only and in the second
    quote, one missed, one not answered: evidence (1 + 0.5 + 0 + 0) / 4 = 0.375; in the first quote 1
    of 4; false abstentions 1 of 4. Words of the three answers: 4, 4 + 8 and 3 = 19 / 3. Of two near
    misses one is refused, the off-topic one is not: recall 1/3. Two were refused, one of them
    rightly: precision 1/2."""
    results = run(
        Case(asked(["do not hurt"]), answered(FIRST)),
        Case(asked(["nowhere"], ["8 weeks"], kind="number"), answered(FIRST, SECOND)),
        Case(asked(["clinic"], ["nobody"]), answered(OTHER)),
        Case(asked(["clinic"], kind="number"), SILENT),
        Case(asked(kind="near_miss"), SILENT),
        Case(asked(kind="near_miss"), answered(FIRST)),
        Case(asked(kind="off_topic"), answered(FIRST)),
    )
    overall = by_name(results)
    assert overall["evidence within 120 words"].value == pytest.approx(0.375)
    assert overall["evidence within 60 words"].value == pytest.approx(0.375)
    assert overall["evidence"].value == pytest.approx(0.375)
    assert overall["evidence in first quote"].value == pytest.approx(0.25)
    assert overall["false abstentions"].value == pytest.approx(0.25)
    assert overall["quoted words"].value == pytest.approx(19 / 3)
    assert overall["abstention recall"].value == pytest.approx(1 / 3)
    assert overall["abstention precision"].value == pytest.approx(1 / 2)
    assert overall["verbatim"].count == 5
    assert by_name(results, "near_miss")["abstention recall"].value == 0.5
    assert by_name(results, "off_topic")["abstention recall"].value == 0
    assert by_name(results, "direct")["evidence"].value == pytest.approx(0.5)
    assert by_name(results, "number")["evidence"].value == pytest.approx(0.25)
    assert by_name(results, "number")["evidence"].count == 2
    assert "evidence" not in by_name(results, "near_miss")  # nothing of that kind counts
    assert [r.failed for r in results] == [False, True, True, True, False, True, True]


def test_a_share_has_a_wilson_interval_and_a_mean_a_bootstrap() -> None:
    results = run(*[Case(asked(["do not hurt"]), answered(FIRST))] * 3, Case(asked(["x"]), SILENT))
    overall = by_name(results)
    assert str(overall["evidence"]).split() == ["evidence", "0.750", "[0.301,", "0.954]", "n=4"]
    assert str(overall["quoted words"]).split() == [
        "quoted",
        "words",
        "4.0",
        "[4.0,",
        "4.0]",
        "n=3",
    ]
    assert str(overall["abstention recall"]).split()[-2:] == ["no", "questions"]
    assert overall["abstention recall"].to_dict()["value"] is None
    assert overall["evidence"].to_dict() == {
        "name": "evidence", "kind": "", "value": 0.75, "low": 0.3006, "high": 0.9544, "count": 4,
        "unit": "share", "floor": None,
    }  # fmt: skip


def test_what_is_under_its_floor_is_named_and_a_bound_itself_is_enough() -> None:
    """Evidence 17 of 20 = 0.85, just enough; 16 of 20 is not. False abstentions 3 of 20 = 0.15."""
    right, missed = Case(asked(["do not hurt"]), answered(FIRST)), Case(asked(["x"]), SILENT)
    enough = below_floor(figures(run(*[right] * 17, *[missed] * 3)))
    assert enough == ("false abstentions: 0.15, at most 0.08 is needed.",)
    less = below_floor(figures(run(*[right] * 16, *[missed] * 4)))
    assert "evidence within 120 words: 0.8, at least 0.85 is needed." in less


def test_a_kind_has_no_floor_and_a_figure_without_questions_meets_it() -> None:
    assert below_floor(figures(run(Case(asked(["hurt"], kind="odd"), answered(FIRST))))) == ()


def test_one_misquote_or_broken_citation_is_below_the_floor() -> None:
    right = [Case(asked(["do not hurt"]), answered(FIRST))] * 199
    for fault in ("misquotes", "broken"):
        case = Case(asked(["do not hurt"]), answered(FIRST), **{fault: ("…",)})
        assert len(below_floor(figures(run(*right, case)))) == 1


def confident(*, answerable: bool, confidence: float | None) -> Case:
    question = asked(["do not hurt"]) if answerable else asked()
    return Case(question, replace(SILENT, confidence=confidence))


def test_the_abstention_curve_worked_out_by_hand() -> None:
    """Unanswerable: 0.2 and 0.6; answerable: 0.5 and 0.9. Below 0.2 nothing is refused; above 0.2
    one of two unanswerable; above 0.5 one answerable too; above 0.6 both unanswerable."""
    results = run(
        confident(answerable=False, confidence=0.2),
        confident(answerable=False, confidence=0.6),
        confident(answerable=True, confidence=0.5),
        confident(answerable=True, confidence=0.9),
    )
    points = [
        (p.threshold, p.refused_rightly, p.refused_wrongly) for p in abstention_curve(results)
    ]
    assert points == [
        (0.0, 0, 0), (0.2, 0, 0), (0.5, 0.5, 0), (0.6, 0.5, 0.5), (0.9, 1, 0.5), (1.0, 1, 1),
    ]  # fmt: skip
    assert (
        separation(results) == 0.75
    )  # of 2 × 2 pairs, only 0.5 against 0.6 is the wrong way round


def test_what_was_not_looked_up_is_refused_at_any_threshold() -> None:
    results = run(
        confident(answerable=False, confidence=None), confident(answerable=True, confidence=0.5)
    )
    assert abstention_curve(results)[0].refused_rightly == 1
    assert separation(results) == 1


def test_there_is_no_curve_without_both_sorts_of_questions() -> None:
    results = run(confident(answerable=True, confidence=0.5))
    assert abstention_curve(results) == ()
    assert separation(results) is None


def test_a_result_says_which_quote_covers_which_evidence() -> None:
    (result,) = run(Case(asked(["8 weeks", "a month"], ["nowhere"]), answered(FIRST, SECOND)))
    assert [quote.covers for quote in result.shown] == [(), (0,)]
    assert [quote.text for quote in result.shown] == [FIRST.text, SECOND.text]


def test_times_can_be_left_out() -> None:
    results = run(Case(asked(["hurt"]), answered(FIRST), seconds=1.0, bare_seconds=0.5))
    assert {"time of an answer", "time in encodings"} <= set(results[0].values)
    kept = set(untimed(results)[0].values)
    assert kept == set(results[0].values) - {"time of an answer", "time in encodings"}


def test_metrics_have_names_of_their_own() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
