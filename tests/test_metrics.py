"""What one answer is worth, each metric with a case worked out by hand."""

from typing import Any

import pytest

from qa_bot.evaluation.metrics import METRICS, Case, covered, quoted_words
from tests.small import MAGNETS, SHOCKS, SILENT, answered, asked, quote


def test_covered_is_the_share_of_groups_of_which_one_snippet_is_quoted() -> None:
    """Of three groups the first is met by its second snippet, the second by its only one: 2/3."""
    answer = answered(quote("They take 6 to 8 weeks to work."))
    question = asked(["a month", "6 to 8 weeks"], ["to work"], ["in a clinic"])
    assert covered(answer, question) == pytest.approx(2 / 3)
    assert covered(SILENT, question) == 0
    assert covered(answer, asked()) == 0


def test_a_snippet_across_two_quotes_is_not_covered() -> None:
    answer = answered(quote("Magnets do not hurt."), quote("They take 6 to 8 weeks to work."))
    assert covered(answer, asked(["hurt. They take"])) == 0


def test_only_the_first_words_count_when_asked() -> None:
    """The first quote has 4 words. "6 to 8 weeks" ends with word 4 + 6 = 10: found in 10, not in 9."""
    answer = answered(quote("Magnets do not hurt."), quote("They take 6 to 8 weeks to work."))
    question = asked(["6 to 8 weeks"])
    assert covered(answer, question, words=10) == 1
    assert covered(answer, question, words=9) == 0
    assert covered(answer, asked(["do not hurt."]), words=4) == 1
    assert covered(answer, asked(["do not hurt."]), words=3) == 0


@pytest.mark.parametrize(
    "altered",
    [
        MAGNETS.replace("do not", "do"),
        MAGNETS.replace("do not hurt", "do not not hurt"),
        MAGNETS.replace("6 to 8", "6 to 9"),
        MAGNETS.replace("weeks", "days"),
        SHOCKS,
    ],
)
def test_altered_words_cover_nothing(altered: str) -> None:
    question = asked(["do not hurt. They take 6 to 8 weeks"])
    assert covered(answered(quote(MAGNETS)), question) == 1
    assert covered(answered(quote(altered, altered)), question) == 0


def test_quoted_words_are_those_of_all_quotes() -> None:
    """4 + 8 words."""
    answer = answered(quote("Magnets do not hurt."), quote("They take 6 to 8 weeks to work."))
    assert quoted_words(answer) == 12
    assert quoted_words(SILENT) == 0


def value(name: str, case: Case) -> float | None:
    return next(metric.of(case) for metric in METRICS if metric.name == name)


FIRST, SECOND = quote("Magnets do not hurt."), quote("They take 6 to 8 weeks to work.")
OTHER = quote("They hurt nobody.", SHOCKS, "b.txt")


@pytest.mark.parametrize(
    ("name", "question", "answer", "expected"),
    [
        ("evidence", asked(["do not hurt"], ["8 weeks"]), answered(FIRST), 0.5),
        ("evidence", asked(["do not hurt"]), SILENT, 0),
        ("evidence", asked(), answered(FIRST), None),
        ("evidence in first quote", asked(["8 weeks"]), answered(FIRST, SECOND), 0),
        ("evidence in first quote", asked(["8 weeks"]), answered(SECOND, FIRST), 1),
        ("quoted words", asked(["8 weeks"]), answered(FIRST, SECOND), 12),
        ("quoted words", asked(["8 weeks"]), SILENT, None),
        ("quoted words", asked(), answered(FIRST), None),
        ("abstention recall", asked(), SILENT, 1),
        ("abstention recall", asked(), answered(FIRST), 0),
        ("abstention recall", asked(["8 weeks"]), SILENT, None),
        ("abstention precision", asked(), SILENT, 1),
        ("abstention precision", asked(["8 weeks"]), SILENT, 0),
        ("abstention precision", asked(["8 weeks"]), answered(FIRST), None),
        ("false abstentions", asked(["8 weeks"]), SILENT, 1),
        ("false abstentions", asked(["8 weeks"]), answered(FIRST), 0),
        ("false abstentions", asked(), SILENT, None),
        ("both articles", asked(["hurt"], both=True), answered(FIRST, OTHER), 1),
        ("both articles", asked(["hurt"], both=True), answered(FIRST, SECOND), 0),
        ("both articles", asked(["hurt"], both=True), SILENT, 0),
        ("both articles", asked(["hurt"]), answered(FIRST, OTHER), None),
    ],
)
def test_each_metric_by_hand(name: str, question: Any, answer: Any, expected: float | None) -> None:
    assert value(name, Case(question, answer)) == expected


def test_faults_found_in_the_quotes_count_where_there_are_quotes() -> None:
    sound = Case(asked(["hurt"]), answered(FIRST))
    misquoted = Case(asked(["hurt"]), answered(FIRST), misquotes=("…",))
    broken = Case(asked(["hurt"]), answered(FIRST), broken=("…",))
    cases = (sound, misquoted, broken, Case(asked(["hurt"]), SILENT))
    assert [value("verbatim", case) for case in cases] == [1, 0, 1, None]
    assert [value("valid citations", case) for case in cases] == [1, 1, 0, None]


def test_time_is_counted_in_encodings() -> None:
    """0.3 s where the bare encoder takes 0.1 s."""
    timed = Case(asked(["hurt"]), SILENT, seconds=0.3, bare_seconds=0.1)
    assert value("time in encodings", timed) == pytest.approx(3)
    assert value("time of an answer", timed) == pytest.approx(300)
    assert value("time in encodings", Case(asked(["hurt"]), SILENT)) is None


def test_what_fails() -> None:
    """Whole evidence within 120 words, nothing where nothing is to be said, no fault anywhere."""
    assert not Case(asked(["do not hurt"]), answered(FIRST)).failed
    assert Case(asked(["do not hurt"], ["8 weeks"]), answered(FIRST)).failed
    assert Case(asked(["do not hurt"]), SILENT).failed
    assert not Case(asked(), SILENT).failed
    assert Case(asked(), answered(FIRST)).failed
    assert Case(asked(["do not hurt"]), answered(FIRST), misquotes=("…",)).failed
    assert Case(asked(["do not hurt"]), answered(FIRST), broken=("…",)).failed
    long = "No. " * 118 + MAGNETS
    assert Case(asked(["do not hurt"]), answered(quote(long, long))).failed
