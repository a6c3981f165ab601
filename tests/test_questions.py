from pathlib import Path

import pytest

from qa_bot.articles.corpus import read_corpus
from qa_bot.articles.examples import EXAMPLES
from qa_bot.articles.questions import (
    Question,
    check_evidence,
    nearest_passage,
    read_questions,
    unknown_snippets,
)
from qa_bot.errors import EvaluationError
from tests.conftest import CORPUS, DATA
from tests.small import MAGNETS, SHOCKS, article, asked


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
        (b'{"id": 1, "question": "?", "evidence": [[]]}', "a group or a snippet of its evidence"),
        (
            b'{"id": 1, "question": "?", "evidence": [[" "]]}',
            "a group or a snippet of its evidence",
        ),
        (
            b'{"id": 1, "question": "?", "answerable": true, "evidence": []}',
            "an answerable question needs evidence",
        ),
        (
            b'{"id": 1, "question": "?", "answerable": false, "evidence": [["6 weeks"]]}',
            "an answerable question needs evidence",
        ),
        (
            b'{"id": 1, "question": "?", "evidence": []}\n{"id": 1, "question": "?", "evidence": []}',
            'row 2, has the id "1" once more',
        ),
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


def test_a_file_may_have_a_byte_mark_and_any_character_within_a_text(tmp_path: Path) -> None:
    row = '{"id": 1, "question": "Why\u2028and\x85how?", "evidence": []}'
    (tmp_path / "q.jsonl").write_text(row + "\r\n\n", encoding="utf-8-sig", newline="")
    (question,) = read_questions(tmp_path / "q.jsonl")
    assert question.question == "Why\u2028and\x85how?"


def test_a_missing_question_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"none\.jsonl cannot be read"):
        read_questions(tmp_path / "none.jsonl")


def test_a_snippet_that_no_article_says_is_reported() -> None:
    rows = [asked(["do not hurt", "do hurt"], name="q1"), asked(["6 to 9 weeks"], name="q2")]
    assert unknown_snippets(rows, [article(MAGNETS), article(SHOCKS)]) == (
        ("q1", "do hurt"),
        ("q2", "6 to 9 weeks"),
    )


@pytest.mark.parametrize(
    "file", [DATA / "questions_dev.jsonl", DATA / "questions_test.jsonl", CORPUS / EXAMPLES]
)
def test_the_question_files_quote_the_articles_and_number_each_row_once(file: Path) -> None:
    rows = read_questions(file)
    assert unknown_snippets(rows, read_corpus(CORPUS).articles) == ()
    assert len({row.id for row in rows}) == len(rows)
    assert all(row.answerable == bool(row.evidence) for row in rows)


def test_the_nearest_passage_is_whole_sentences_of_the_article_that_was_edited() -> None:
    articles = [article(SHOCKS, "b.txt"), article(MAGNETS)]
    found = nearest_passage("take 4 to 6 weeks to work", articles)
    assert found is not None
    assert (found[0].id, found[1]) == ("a.txt", "They take 6 to 8 weeks to work.")
    assert nearest_passage("weeks", []) is None


def test_every_row_that_an_edit_broke_is_named_with_the_passage_nearest_to_it() -> None:
    rows = [
        asked(["They take 4 to 6 weeks"], name="q1"),
        asked(["hurt nobody"], name="q2"),
        asked(["need no anesthesia"], name="q3"),
    ]
    with pytest.raises(EvaluationError) as error:
        check_evidence(rows, [article(MAGNETS), article(SHOCKS, "b.txt")])
    assert str(error.value).splitlines() == [
        "q1: no article says “They take 4 to 6 weeks”; fix the row. "
        "The nearest is “They take 6 to 8 weeks to work.” (a.txt).",
        "q3: no article says “need no anesthesia”; fix the row. "
        "The nearest is “Shocks need anesthesia.” (b.txt).",
    ]
