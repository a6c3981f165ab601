"""Every question of the development and the held-out file, one test each, and the floors of each file.

`data/questions_open.txt` names the rows that are not answered rightly yet. They are asked all the
same, and must keep the promises that hold for any answer; a listed row that fails is an expected
failure, one that has come right just passes (take its name out then). Any other row that fails is
red: an answer that was right got lost. The list cannot grow unseen, for the floors count all rows. It
is not strict, because a row near the edge may turn with another build of the encoder.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import cycle

import pytest

from qa_bot.articles.questions import Question, read_questions
from qa_bot.chat import QABot
from qa_bot.evaluation.citations import PublishedArticles
from qa_bot.evaluation.figures import Result, below_floor, figures
from qa_bot.evaluation.metrics import Case
from tests.conftest import DATA

pytestmark = pytest.mark.slow

MOST_WORDS = 180  # in one answer, whatever is asked
FILES = ("questions_dev", "questions_test")
ROWS = {name: read_questions(DATA / f"{name}.jsonl") for name in FILES}
OPEN = frozenset((DATA / "questions_open.txt").read_text(encoding="utf-8").split())


class Asked:
    """Answers, each asked for once."""

    def __init__(self, bot: QABot) -> None:
        published = PublishedArticles(bot.articles())

        @cache
        def judged(question: Question) -> Result:
            answer = bot.ask(question.question, question.history)
            misquotes, broken = published.misquotes(answer), published.broken_citations(answer)
            return Result.of(Case(question, answer, misquotes, broken))

        self.judged = judged


@pytest.fixture(scope="module")
def asked(bot: QABot) -> Asked:
    return Asked(bot)


def told(result: Result) -> str:
    """What was asked, expected and shown, for a person."""
    lines = [f"{result.id} ({result.kind}): {result.question}"]
    lines += [f"  after: {message}" for message in result.history]
    for number, group in enumerate(result.expected):
        met = any(number in quote.covers for quote in result.shown)
        lines.append(f"  {'found' if met else 'NOT FOUND'}: {' | '.join(group)}")
    if not result.answerable:
        lines.append("  expected: no answer, the articles do not say")
    lines.append(f"  outcome: {result.outcome}, confidence {result.confidence}")
    lines += [f"  shown: “{quote.text}” ({quote.place})" for quote in result.shown]
    return "\n".join([*lines, *(f"  FAULT: {fault}" for fault in result.faults)])


@pytest.mark.parametrize("question", [q for name in FILES for q in ROWS[name]], ids=lambda q: q.id)
def test_the_question_is_answered_as_its_row_says(asked: Asked, question: Question) -> None:
    result = asked.judged(question)
    assert not result.faults, told(result)
    assert sum(len(quote.text.split()) for quote in result.shown) <= MOST_WORDS, told(result)
    if result.failed and question.id in OPEN:
        pytest.xfail(told(result))
    assert not result.failed, told(result)


@pytest.mark.parametrize("name", FILES)
def test_no_figure_of_the_file_is_below_its_floor(asked: Asked, name: str) -> None:
    found = figures([asked.judged(question) for question in ROWS[name]])
    assert below_floor(found) == (), "\n".join(str(figure) for figure in found if not figure.kind)


def test_a_story_before_the_question_costs_few_answers(asked: Asked) -> None:
    stories = cycle(
        [
            "I'm 52 and a mother of two.",
            "My doctor moved away last spring and the new one is young.",
            "Been on sertraline since March.",
            "We live in the country, two hours from the nearest town.",
            "Nothing has worked for me so far and I'm so tired of it.",
        ]
    )
    rows = [q for q in ROWS["questions_dev"] if q.answerable and not q.history][:150]
    after = [replace(q, question=f"{next(stories)} {q.question}") for q in rows]
    bare, beside = (
        sum(not asked.judged(q).failed for q in some) / len(rows) for some in (rows, after)
    )
    print(f"right {bare:.3f}, with a story before the question {beside:.3f}")
    assert beside >= bare - 0.08


def test_the_open_rows_are_rows() -> None:
    assert {question.id for name in FILES for question in ROWS[name]} >= OPEN


def test_a_failure_can_be_read() -> None:
    from tests.small import answered, quote
    from tests.small import asked as row

    case = Case(row(["8 weeks", "two months"], ["hurt"]), answered(quote("Magnets do not hurt.")))
    assert told(Result.of(case)).splitlines() == [
        "q (direct): ?",
        "  NOT FOUND: 8 weeks | two months",
        "  found: hurt",
        "  outcome: answered, confidence None",
        "  shown: “Magnets do not hurt.” (a.txt)",
    ]
