"""Reads everything that would be published and says what to fix; writes nothing.

The rules themselves stand in `article_rules`, `clinical_rules` and `corpus_rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from qa_bot.articles.article import file_content, read_article
from qa_bot.articles.corpus import (
    GLOSSARY,
    article_files,
    left_out,
    read_glossary,
    refuse_duplicates,
)
from qa_bot.articles.examples import EXAMPLES, read_examples
from qa_bot.articles.formats import KNOWN, READERS
from qa_bot.editing.article_rules import article_findings
from qa_bot.editing.clinical_rules import clinical_findings
from qa_bot.editing.corpus_rules import corpus_findings, example_findings
from qa_bot.editing.findings import Finding, Severity, with_severity
from qa_bot.editing.source import Source
from qa_bot.errors import CorpusError
from qa_bot.records import Corpus

AGE_LIMIT = 12  # months

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and the articles that could be read: all of them where `errors` is empty."""

    findings: tuple[Finding, ...]
    corpus: Corpus

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop a publish."""
        return tuple(with_severity(Severity.ERROR, self.findings))


def check(folder: Path, today: date, age_limit: int = AGE_LIMIT) -> Checked:
    """Look at every file of `folder`, also at those after one that cannot be read.

    :param age_limit: months after which an article is to be reviewed.
    :raises CorpusError: there is no such folder, or no article in it.
    """
    files = article_files(folder)
    formats = f"{', '.join(KNOWN[:-1])} or {KNOWN[-1]}"
    found = [
        Finding(
            Severity.WARNING, "left-out", path.name, None, f"is not read; save it as {formats}."
        )
        for path in left_out(folder)
    ]
    sources = []
    for path in files:
        try:
            article = read_article(path)
            is_text = path.suffix.lower() in READERS
            sources.append(Source(path, file_content(path) if is_text else "", article))
        except CorpusError as error:
            found.append(_unreadable(path, error))
    glossary = _read(read_glossary, folder / GLOSSARY, found)
    examples = _read(read_examples, folder / EXAMPLES, found)
    articles = tuple(source.article for source in sources)
    try:
        refuse_duplicates([source.path for source in sources], articles)
    except CorpusError as error:
        found.append(_unreadable(folder, error))
    for source in sources:
        found += article_findings(source, today, age_limit)
        found += clinical_findings(source)
    found += corpus_findings(sources, glossary, folder / GLOSSARY)
    found += example_findings(sources, examples, EXAMPLES)
    return Checked(tuple(found), Corpus(articles, glossary, examples))


def _read(
    reader: Callable[[Path], tuple[Row, ...]], path: Path, found: list[Finding]
) -> tuple[Row, ...]:
    """What a list beside the articles holds; () where it cannot be read, which is then `found`."""
    try:
        return reader(path)
    except CorpusError as error:
        found.append(_unreadable(path, error))
        return ()


def _unreadable(path: Path, error: CorpusError) -> Finding:
    message = str(error).removeprefix(str(path)).lstrip(":, ")
    return Finding(Severity.ERROR, "unreadable", path.name, None, message)
