"""The metrics, each with a case worked out by hand, and the floor under the real answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.chat import QABot
from qa_bot.errors import EvaluationError
from qa_bot.evaluation import (
    Case,
    Measure,
    Question,
    ask_all,
    covered,
    is_verbatim,
    measures,
    quoted_words,
    read_questions,
    unknown_snippets,
    wilson,
)
from qa_bot.records import Answer, Article, Kind, Outcome, Quote, ReviewStatus
from tests.conftest import DATA

MAGNETS = "Magnets do not hurt. They take 6 to 8 weeks to work. They are given in a clinic."
SHOCKS = "Shocks need anesthesia. They hurt nobody."


def article(text: str, name: str = "a.txt") -> Article:
    return Article(name, name, "", "", "", ReviewStatus.NOT_STATED, None, "v", text, (), ())


def quote(words: str, text: str = MAGNETS, name: str = "a.txt") -> Quote:
    start = text.index(words)
    return Quote(article(text, name), start, start + len(words), (), Kind.BODY, (), 1.0)


def answered(*quotes: Quote) -> Answer:
    return Answer("?", Outcome.ANSWERED, quotes)


SILENT = Answer("?", Outcome.NOT_FOUND)


def asked(
    *groups: Sequence[str], kind: str = "direct", both: bool = False, name: str = "q"
) -> Question:
    evidence = tuple(tuple(group) for group in groups)
    return Question(name, kind, "?", (), bool(groups), both, evidence)


# What an answer covers ----------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Retyped(Quote):
    """What a quote must never be: one with words of its own."""

    typed: str = ""

    @property
    def text(self) -> str:
        return self.typed


def retyped(typed: str, words: str = "Magnets do not hurt.") -> Retyped:
    q = quote(words)
    return Retyped(q.article, q.start, q.end, q.section, q.role, q.references, q.score, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Magnets do not not hurt.",
        "Magnets do hurt.",
        "Magnets do not hurt",
        "magnets do not hurt.",
        "Shocks need anesthesia.",
        "They take 6 to 8 weeks to work.",  # true words of the article, from another place
        "",
    ],
)
def test_a_retyped_quote_is_not_verbatim(typed: str) -> None:
    good = quote("Magnets do not hurt.")
    assert is_verbatim(answered(good, retyped("Magnets do not hurt.")))
    assert not is_verbatim(answered(good, retyped(typed)))


def test_an_empty_place_or_one_beyond_the_article_is_not_verbatim() -> None:
    whole = quote(MAGNETS)
    assert is_verbatim(answered(whole))
    assert not is_verbatim(answered(replace(whole, start=5, end=5)))
    assert not is_verbatim(answered(replace(whole, start=500, end=510)))
    assert not is_verbatim(answered(replace(whole, start=-7)))
    assert not is_verbatim(answered(replace(whole, end=10_000)))


# Figures ------------------------------------------------------------------------------------------


def test_wilson_against_a_value_worked_out_by_hand() -> None:
    """8 of 10, z = 2, so z² = 4 and 1 + z²/n = 1.4.
    Center: (0.8 + 4/20) / 1.4 = 1/1.4 = 0.714286.
    Half: 2/1.4 · sqrt(0.8·0.2/10 + 4/400) = 2/1.4 · sqrt(0.026) = 0.230350.
    So [0.483936, 0.944636]."""
    assert wilson(8, 10, z=2) == pytest.approx((0.483936, 0.944636), abs=1e-6)


def test_wilson_at_the_ends_stays_inside() -> None:
    """0 of 4 with z = 2: center 0.5/2 = 0.25, half 2/2 · sqrt(4/64) = 0.25, so [0, 0.5]."""
    assert wilson(0, 4, z=2) == pytest.approx((0, 0.5))
    assert wilson(4, 4, z=2) == pytest.approx((0.5, 1))
    assert wilson(0, 0) == (0, 1)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_narrows_with_more_cases(case: tuple[int, int]) -> None:
    successes, count = case
    low, high = wilson(successes, count)
    assert 0 <= low <= successes / count + 1e-9
    assert successes / count - 1e-9 <= high <= 1
    wider = wilson(successes * 4, count * 4)
    assert wider[1] - wider[0] < high - low


def test_quoted_words_are_those_of_all_quotes() -> None:
    """4 + 8 words."""
    answer = answered(quote("Magnets do not hurt."), quote("They take 6 to 8 weeks to work."))
    assert quoted_words(answer) == 12
    assert quoted_words(SILENT) == 0


def test_the_figures_of_a_run_worked_out_by_hand() -> None:
    """Four answerable questions: one found whole, one in its second group only and in the second
    quote, one missed, one not answered: evidence (1 + 0.5 + 0 + 0) / 4 = 0.375; in the first quote 1
    of 4; false abstentions 1 of 4. Words of the three answers: 4, 4 + 8 and 3 = 19 / 3. The one
    question for both articles was answered from both. Of two near misses one is refused, the
    off-topic one is not."""
    first, second = quote("Magnets do not hurt."), quote("They take 6 to 8 weeks to work.")
    other = quote("Shocks need anesthesia.", SHOCKS, "b.txt")
    cases = [
        Case(asked(["do not hurt"]), answered(first)),
        Case(asked(["nowhere"], ["8 weeks"], kind="number"), answered(first, second)),
        Case(asked(["clinic"], ["nobody"]), answered(other)),
        Case(asked(["clinic"], kind="number"), SILENT),
        Case(asked(kind="near_miss"), SILENT),
        Case(asked(kind="near_miss"), answered(first)),
        Case(asked(kind="off_topic"), answered(first)),
    ]
    figures = {measure.name: measure for measure in measures(cases)}
    assert figures["evidence within 120 words"].value == pytest.approx(0.375)
    assert figures["evidence in first quote"].value == pytest.approx(0.25)
    assert figures["false abstentions"].value == pytest.approx(0.25)
    assert figures["quoted words"].value == pytest.approx(19 / 3)
    assert figures["verbatim"].value == 1
    assert figures["abstains: near_miss"].value == 0.5
    assert figures["abstains: off_topic"].value == 0
    assert figures["evidence: direct"].value == pytest.approx(0.5)
    assert figures["evidence: number"].value == pytest.approx(0.25)
    assert (figures["evidence: number"].count, figures["verbatim"].count) == (2, 3)
    assert [case.failed for case in cases] == [False, True, True, True, False, True, True]


def test_both_articles_are_counted_where_both_speak() -> None:
    here, there = quote("Magnets do not hurt."), quote("They hurt nobody.", SHOCKS, "b.txt")
    question = asked(["hurt"], both=True)
    cases = [Case(question, answered(here, there)), Case(question, answered(here, here))]
    figures = {measure.name: measure for measure in measures(cases)}
    assert figures["both articles"].value == 0.5


def test_a_run_without_a_retyped_word_is_all_that_counts_as_verbatim() -> None:
    cases = [
        Case(asked(["hurt"]), answered(quote("Magnets do not hurt."))),
        Case(asked(["hurt"]), answered(retyped("Magnets do hurt."))),
    ]
    figures = {measure.name: measure for measure in measures(cases)}
    assert figures["verbatim"].value == 0.5


def test_a_share_is_shown_with_its_interval_and_a_mean_without() -> None:
    assert str(Measure.share("kept", [1, 0, 1, 1])).split() == [
        "kept", "0.750", "[0.301,", "0.954]", "n=4",
    ]  # fmt: skip
    assert str(Measure.mean("words", [100, 91])).split() == ["words", "95.5", "n=2"]
    assert Measure.share("none", []).value == 0


def test_every_question_is_put_with_its_history() -> None:
    put: list[tuple[str, tuple[str, ...]]] = []

    def ask(question: str, history: Sequence[str]) -> Answer:
        put.append((question, tuple(history)))
        return SILENT

    rows = [Question.read({"id": 1, "question": "Why?", "history": ["What?"], "evidence": []})]
    assert [case.question for case in ask_all(rows, ask)] == rows
    assert put == [("Why?", ("What?",))]


# Question files -----------------------------------------------------------------------------------


def test_a_row_may_leave_out_what_has_a_default() -> None:
    row = Question.read({"id": 7, "question": "Why?", "evidence": [["a", "b"]]})
    assert row == Question("7", "", "Why?", (), True, False, (("a", "b"),))
    assert not Question.read({"id": 8, "question": "Why?", "evidence": []}).answerable


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no rows"),
        (b"\n \n", "holds no rows"),
        (b"{not json}", "line 1, is not a row"),
        (b'{"id": 1, "question": "Why?", "evidence": []}\n\n[1, 2]', "line 3, is not a row"),
        (b"null", "line 1, is not a row"),
        (b'{"id": 1, "question": "Why?"}', "row 1, is no question: it has no 'evidence'"),
        (b'{"id": 1, "question": "Why?", "evidence": 5}', "row 1, is no question"),
        (b'{"id": 1, "question": "Why?", "evidence": ["6 weeks"]}', "a group of evidence is not a"),
        (
            b'{"id": 1, "question": "?", "history": "What?", "evidence": []}',
            "history is not a list",
        ),
        (b'{"id": 1, "question": "?", "evidence": [[5]]}', "a group of evidence is not a list"),
        (b"Caf\xe9", "cannot be read"),
    ],
)
def test_a_bad_question_file_is_named_in_one_sentence(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(content)
    with pytest.raises(EvaluationError) as error:
        read_questions(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_question_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"none\.jsonl cannot be read"):
        read_questions(tmp_path / "none.jsonl")


def test_a_snippet_that_no_article_says_is_reported() -> None:
    rows = [asked(["do not hurt", "do hurt"], name="q1"), asked(["6 to 9 weeks"], name="q2")]
    assert unknown_snippets(rows, [article(MAGNETS), article(SHOCKS)]) == (
        ("q1", "do hurt"),
        ("q2", "6 to 9 weeks"),
    )


@pytest.mark.parametrize("name", ["questions_dev.jsonl", "questions_train.jsonl"])
def test_the_question_files_quote_the_articles_and_number_each_row_once(name: str) -> None:
    from qa_bot.articles import read_corpus
    from tests.conftest import CORPUS

    rows = read_questions(DATA / name)
    assert unknown_snippets(rows, read_corpus(CORPUS).articles) == ()
    assert len({row.id for row in rows}) == len(rows)
    assert all(row.answerable == bool(row.evidence) for row in rows)


# The floor ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_answers_stay_above_the_floor(bot: QABot) -> None:
    cases = ask_all(read_questions(DATA / "questions_dev.jsonl"), bot.ask)
    figures = {measure.name: measure.value for measure in measures(cases)}
    told = json.dumps(figures, indent=1)
    assert figures["verbatim"] == 1, told
    assert figures["evidence within 120 words"] >= 0.85, told
    assert figures["quoted words"] <= 120, told
    assert figures["false abstentions"] <= 0.08, told
    assert figures["abstains: near_miss"] >= 0.7, told
    assert figures["abstains: off_topic"] >= 0.85, told
