"""The editors' list of questions that readers ask, each with the words that answer it, or with none.

The file has the rows that evaluators write, so that a question answered badly is judged and fixed in
one and the same form. It only ever points at sentences; nothing of it is shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_bot.articles.questions import read_questions
from qa_bot.errors import CorpusError, EvaluationError
from qa_bot.records import Article, Example, Sentence

EXAMPLES = "examples.jsonl"


@dataclass(frozen=True, slots=True)
class Placed:
    """An example, and the ids of the `sentences` that answer it; none where no article does."""

    question: str
    sentences: frozenset[str]


def read_examples(path: Path) -> tuple[Example, ...]:
    """The examples of a file, in its order; () where it is missing or empty.

    What leans on an earlier message means nothing by itself, and is left out.

    :raises CorpusError: the file is no list of questions.
    """
    if not path.is_file() or not path.stat().st_size:
        return ()
    try:
        rows = read_questions(path)
    except EvaluationError as error:
        raise CorpusError(str(error)) from None
    return tuple(
        Example(row.question, tuple(snippet for group in row.evidence for snippet in group))
        for row in rows
        if not row.history
    )


def place(
    examples: Iterable[Example], articles: Mapping[str, Article], sentences: Sequence[Sentence]
) -> tuple[Placed, ...]:
    """Each example with its sentences; without those whose words stand in no article anymore."""
    starts: dict[str, list[int]] = {article_id: [] for article_id in articles}
    own: dict[str, list[Sentence]] = {article_id: [] for article_id in articles}
    for sentence in sentences:
        starts[sentence.article_id].append(sentence.start)
        own[sentence.article_id].append(sentence)

    def holding(snippet: str) -> Iterable[str]:
        for article_id, article in articles.items():
            at = article.text.find(snippet)
            while at >= 0:
                before = bisect_right(starts[article_id], at) - 1
                if before >= 0 and at + len(snippet) <= own[article_id][before].end:
                    yield own[article_id][before].id
                at = article.text.find(snippet, at + 1)

    placed = (
        (one, frozenset(id_ for snippet in one.snippets for id_ in holding(snippet)))
        for one in examples
    )
    return tuple(Placed(one.question, found) for one, found in placed if found or not one.snippets)


def wording(question: str) -> str:
    """What makes two questions one: their words, whatever their case and punctuation.

    >>> wording("Does TMS  hurt?") == wording("does tms hurt")
    True
    """
    return " ".join(re.findall(r"\w+", question.casefold()))
