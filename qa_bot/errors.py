"""The errors that a person may meet. Each message says what was found and what to do next.

    QABotError
    ├── SettingsError       a QA_BOT_* variable has a value that cannot be used
    ├── CorpusError         an article, or the folder of articles, cannot be published as it is
    ├── EncoderError        the embedding model is missing, damaged or not the one expected
    ├── StoreError          the published index cannot be used
    │   ├── NoIndexError        nothing has been published yet
    │   ├── WrongEncoderError   published with another encoder than the one asked for
    │   ├── DamagedIndexError   published, but files are missing or do not agree
    │   ├── StoreWriteError     the index folder cannot be written (permissions, full disk)
    │   └── StoreServerError    the Chroma server does not answer, or is not a Chroma server
    ├── QuestionError       the message is empty or too long to be answered
    ├── BusyError           more readers ask at once than can be answered
    ├── FileWriteError      a report, a page or an article cannot be written where it should
    └── EvaluationError     a file of questions cannot be used

Programs catch `QABotError`; `ingest.py`, `app.py` and `python -m qa_bot` print its message as one
sentence and exit with status 1. Anything else that escapes is a defect of ours and shows a traceback.
"""

import logging

LOG = logging.getLogger(__name__)


class QABotError(Exception):
    """Base class. `str(error)` is one sentence for a person, never a stack of causes."""


class SettingsError(QABotError):
    """A setting has a value that cannot be used."""


class CorpusError(QABotError):
    """An article, or the folder of articles, cannot be published as it is."""


class EncoderError(QABotError):
    """The embedding model is missing, damaged or not the one expected."""


class StoreError(QABotError):
    """The published index cannot be used."""


class NoIndexError(StoreError):
    """Nothing has been published yet."""


class WrongEncoderError(StoreError):
    """The index was published with another encoder than the one asked for."""


class DamagedIndexError(StoreError):
    """Files of the index are missing, unreadable or do not agree with each other."""


class StoreWriteError(StoreError):
    """The index folder cannot be written."""


class StoreServerError(StoreError):
    """The Chroma server does not answer, or what answers is no such server."""


class QuestionError(QABotError):
    """The message is empty or too long to be answered."""


class BusyError(QABotError):
    """More readers ask at once than can be answered."""


class FileWriteError(QABotError):
    """A file cannot be written where somebody asked for it."""


class EvaluationError(QABotError):
    """A file of questions cannot be used."""


UNREADABLE = "The articles cannot be read just now. Please try again later."


def for_readers(error: QABotError) -> str:
    """What a reader is told of it. Most sentences are for those who run the chat: they go to its log."""
    if isinstance(error, QuestionError | BusyError):
        return str(error)
    LOG.error("%s", error)
    return UNREADABLE


def first_line(error: Exception) -> str:
    """What a library's error says, short enough to stand within a sentence of ours."""
    lines = str(error).strip().splitlines()
    return next(iter(lines), type(error).__name__)[:160]


def in_line(error: Exception) -> str:
    """Where a YAML error was found: " in line 3", or "" where it does not say."""
    mark = getattr(error, "problem_mark", None)
    return f" in line {mark.line + 1}" if mark else ""
