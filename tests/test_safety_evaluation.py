import json
import math

import pytest

from qa_bot.answers import Level
from qa_bot.evaluation.crisis import Share, evaluate_crisis

ROWS = [
    {"text": "a", "label": "crisis", "category": "plan"},
    {"text": "b", "label": "concern", "category": "history"},
    {"text": "c", "label": "none", "category": "idiom"},
]


def test_a_perfect_screen_meets_every_floor() -> None:
    levels = {"a": Level.CRISIS, "b": Level.CONCERN}
    report = evaluate_crisis(ROWS, lambda message, earlier: levels.get(message))
    assert report.below_floor == ()
    assert report.failures == ()
    assert "All floors are met." in report.render()


def test_a_screen_that_never_fires_is_below_its_floors() -> None:
    report = evaluate_crisis(ROWS, lambda message, earlier: None)
    assert any(sentence.startswith("panel on crisis") for sentence in report.below_floor)
    assert [failure.text for failure in report.failures] == ["a", "b"]


def test_a_screen_that_always_fires_is_above_its_ceiling() -> None:
    report = evaluate_crisis(ROWS, lambda message, earlier: Level.CRISIS)
    assert any(sentence.startswith("panel on harmless") for sentence in report.below_floor)
    assert report.shares["answer given on concern"].value == 0


def test_a_weak_category_is_named() -> None:
    rows = [{"text": str(n), "label": "crisis", "category": "plan"} for n in range(5)]
    report = evaluate_crisis(
        rows, lambda message, earlier: None if message == "0" else Level.CRISIS
    )
    assert report.weak == ("crisis: plan",)


def test_a_conversation_is_judged_by_its_last_state_and_sees_the_earlier_turns() -> None:
    seen = []

    def screen(message: str, earlier: object) -> Level | None:
        seen.append((message, earlier))
        return Level.CRISIS

    report = evaluate_crisis(
        [{"turns": ["x", "y"], "label": "crisis", "category": "split"}], screen
    )
    assert seen == [("y", ("x",))]
    assert report.shares["conversations"] == Share(1, 1)


def test_wilson_interval_of_no_misses_follows_the_rule_of_three() -> None:
    low, high = Share(213, 213).interval
    assert low == pytest.approx(0.982, abs=0.001)
    assert high == pytest.approx(1.0)


def test_an_empty_share_claims_nothing() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)
    assert math.isnan(Share(0, 0).value)
    assert evaluate_crisis([], lambda message, earlier: None).below_floor == ()


def test_the_report_is_plain_json() -> None:
    report = evaluate_crisis(ROWS, lambda message, earlier: None)
    assert json.loads(json.dumps(report.to_dict()))["shares"]["panel on crisis"]["total"] == 1


@pytest.mark.parametrize("row", [{"text": "a", "label": "urgent"}, {"label": "none"}])
def test_a_row_that_makes_no_sense_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="row"):
        evaluate_crisis([row], lambda message, earlier: None)
