"""What can be amiss between articles: passages that stand in two of them, a glossary or examples that
no longer fit them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from qa_bot.articles.passages import sentences
from qa_bot.articles.questions import absent
from qa_bot.editing.findings import Finding, Severity
from qa_bot.editing.source import Source, short
from qa_bot.records import Example, Kind, Term
from qa_bot.words import words

LONG_SENTENCE = 12  # words; shorter ones may well be said twice
# What publishers put under every article is no news.
_REPEATED = {Kind.CRISIS_NOTICE, Kind.DISCLAIMER, Kind.PROMOTION, Kind.BYLINE, Kind.REFERENCE}


def corpus_findings(
    sources: Sequence[Source], glossary: Sequence[Term], glossary_file: Path
) -> Iterator[Finding]:
    """Everything of the kind in the articles that are published together."""
    yield from _duplicates(sources)
    said = [f" {' '.join(_stems(source.article.text))} " for source in sources]
    for meant in sorted({term.meant for term in glossary}):
        if not any(f" {' '.join(_stems(meant))} " in text for text in said):
            message = f"no article says “{meant}”; take the entry out, or use the articles' word."
            line = _line_of(glossary_file, meant)
            yield Finding(Severity.WARNING, "glossary", glossary_file.name, line, message)


def example_findings(
    sources: Sequence[Source], examples: Sequence[Example], name: str
) -> Iterator[Finding]:
    """Examples whose words no article says anymore. `name`: of their file."""
    texts = [source.article.text for source in sources]
    for example in examples:
        gone = absent(example.snippets, texts)
        if gone:
            without = " It no longer counts." if len(gone) == len(example.snippets) else ""
            message = f"“{short(example.question)}”: no article says “{gone[0]}”; fix it.{without}"
            yield Finding(Severity.WARNING, "example", name, None, message)


def _duplicates(sources: Sequence[Source]) -> Iterator[Finding]:
    """One finding for each run of sentences that stand in an earlier article too."""
    first: dict[str, tuple[Source, int]] = {}
    for source in sources:
        text, run = source.article.text, 0
        found: list[tuple[int, Source, int, int]] = []  # (offset, other article, offset there, run)
        own: dict[str, tuple[Source, int]] = {}
        for sentence in sentences(source.article):
            key = " ".join(_stems(text[sentence.start : sentence.end]))
            counts = sentence.kind not in _REPEATED and key.count(" ") + 1 >= LONG_SENTENCE
            if counts and key in first:
                other, there = first[key]
                run = run + 1 if run and found[-1][1] is other else 1
                if run == 1:
                    found.append((sentence.start, other, there, 1))
                else:
                    found[-1] = (*found[-1][:3], run)
            elif counts:
                run = 0
                own.setdefault(key, (source, sentence.start))
        first |= own
        for offset, other, there, length in found:
            line = other.line(there)
            where = f"{other.name}{f', line {line}' if line else ''}"
            more = f" and {length - 1} after it" if length > 1 else ""
            words_there = short(text[offset:].split("\n", 1)[0])
            message = (
                f"“{words_there}”{more}: the same stands in {where}; readers may see it twice."
            )
            yield source.warning("duplicate", offset, message)


def _stems(text: str) -> list[str]:
    return [word.stem for word in words(text)]


def _line_of(path: Path, meant: str) -> int | None:
    lines = enumerate(path.read_text(encoding="utf-8").split("\n"), start=1)
    return next((n for n, line in lines if line.strip().strip("\"'").startswith(meant)), None)
