"""What publishing would do to answers, found out without publishing.

The index that would be is made in a temporary folder, from the vectors that are already there, and the
project's questions are put to both. What is being served is only read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from qa_bot.answers import Answer, Outcome
from qa_bot.articles.questions import read_questions
from qa_bot.chat import QABot
from qa_bot.editing.changes import SENTENCES, CorpusChanges, What, compare
from qa_bot.embedding.encoder import Encoder
from qa_bot.errors import NoIndexError, StoreError
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.publishing import open_current, publish
from qa_bot.index.stores import Store
from qa_bot.index.writing import Progress
from qa_bot.records import Corpus

Ask = Callable[[str, Sequence[str]], Answer]


class Move(StrEnum):
    """What happens to the answer to a question."""

    LOST = "no longer answered"
    FOUND = "newly answered"
    SWAPPED = "answered with other quotes"
    REWORDED = "answered with the same quotes in their new words"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to compare answers by, with the reader's earlier messages."""

    question: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question whose answer moves. `before` and `after`: its quotes that the other has not."""

    move: Move
    asked: Asked
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All that is known of a publish before it happens.

    `since`: when what is served was published, "" when nothing is. `asked`: how many questions were
    put to both; None: none, because `silent` says why.
    """

    since: str
    changes: CorpusChanges
    answers: tuple[AnswerChange, ...]
    asked: int | None
    silent: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, counts first."""
        return {
            "since": self.since,
            "counts": {
                "articles": {str(w): self.changes.count(w) for w in What if w is not What.MOVED}
                | {"unchanged": self.changes.unchanged},
                "sentences": {
                    str(what): sum(article.count(what) for article in self.changes.articles)
                    for what in SENTENCES
                },
                "questions": self.asked,
                "answers": {str(move): self.count(move) for move in Move},
            },
            "changes": asdict(self.changes),
            "answers": [asdict(answer) for answer in self.answers],
        }

    def count(self, move: Move) -> int:
        """How many answers that happens to."""
        return sum(answer.move is move for answer in self.answers)


@contextmanager
def rehearsed(
    corpus: Corpus, encoder: Encoder, store: Store, *, now: datetime, progress: Progress
) -> Iterator[Path]:
    """A temporary folder of what publishing `corpus` into `store` would make.

    :raises QABotError: publishing would fail, for this reason.
    """
    with tempfile.TemporaryDirectory(prefix="qa-bot-", ignore_cleanup_errors=True) as folder:
        would_be = Path(folder) / "index"
        publish(
            corpus, encoder, FolderStore(would_be), now=now, progress=progress, known_from=store
        )
        yield would_be


def rehearse(
    corpus: Corpus,
    bot: QABot,
    store: Store,
    asked: Sequence[Asked],
    *,
    now: datetime,
    progress: Progress,
    counting: Callable[[Iterable[Asked], int, str], Iterable[Asked]],
) -> Rehearsal:
    """Compare what publishing `corpus` would serve with what `bot` serves from `store`.

    :param counting: wraps the questions while they are put; also gets their number and a word for it.
    :raises QABotError: publishing would fail, for this reason.
    """
    encoder = bot.encoder()
    served, silent = None, ""
    try:
        served = open_current(store, encoder.fingerprint)
    except NoIndexError:
        silent = "No answer can change, as readers have none yet."
    except StoreError as error:
        silent = f"Answers cannot be compared: {error}"
    if served is None:
        before, since = Corpus(()), ""
    else:
        before = served.corpus
        since = served.manifest.published
        served.close()
    changes = compare(before, corpus)
    if not silent and not asked:
        silent = "No questions were found to compare answers by; name a file with --questions."
    moved: tuple[AnswerChange, ...] = ()
    with rehearsed(corpus, encoder, store, now=now, progress=progress) as would_be:
        if changes and not silent:
            other = bot.with_index(would_be)
            steps = counting(asked, len(asked), "Asking")
            moved = tuple(moved_answers(steps, bot.ask, other.ask, new_words(changes)))
    return Rehearsal(since, changes, moved, None if silent else len(asked), silent)


def read_asked(files: Iterable[Path]) -> tuple[Asked, ...]:
    """The questions of these files, each once.

    :raises EvaluationError: a file is missing, or holds something else.
    """
    rows = (question for file in files for question in read_questions(file))
    return tuple(dict.fromkeys(Asked(row.question, tuple(row.history)) for row in rows))


def new_words(changes: CorpusChanges) -> dict[str, str]:
    """Sentences that were edited, and what they are now, each on one line."""
    return {
        " ".join(change.before.text.split()): " ".join(change.after.text.split())
        for article in changes.articles
        for change in article.changes
        if change.what is What.CHANGED and change.before and change.after
    }


def moved_answers(
    questions: Iterable[Asked], before: Ask, after: Ask, edited: Mapping[str, str]
) -> Iterator[AnswerChange]:
    """Put every question to both; those whose quotes differ, in their order.

    :param edited: sentences and their new words, as `new_words` gives them.
    """
    for asked in questions:
        was = before(asked.question, asked.history)
        now = after(asked.question, asked.history)
        old, new = _quotes(was), _quotes(now)
        if was.outcome is now.outcome and set(old) == set(new):
            continue
        if was.outcome is Outcome.ANSWERED and now.outcome is not Outcome.ANSWERED:
            move = Move.LOST
        elif now.outcome is Outcome.ANSWERED and was.outcome is not Outcome.ANSWERED:
            move = Move.FOUND
        else:
            reworded = {_reworded(text, edited) for text in old}
            move = Move.REWORDED if reworded == set(new) else Move.SWAPPED
        yield AnswerChange(
            move,
            asked,
            tuple(text for text in old if text not in new),
            tuple(text for text in new if text not in old),
        )


def _quotes(answer: Answer) -> tuple[str, ...]:
    return tuple(" ".join(quote.text.split()) for quote in answer.quotes)


def _reworded(text: str, edited: Mapping[str, str]) -> str:
    for was, now in edited.items():
        text = text.replace(was, now)
    return text
