"""Differences → what an editor reads: a few lines of text, a page to send around, or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import LCSseq

from qa_bot.editing.changes import (
    SENTENCES,
    ArticleChange,
    Change,
    CorpusChanges,
    Line,
    What,
    compare,
)
from qa_bot.editing.rehearsal import Move, Rehearsal
from qa_bot.editing.source import short
from qa_bot.index.publishing import Published
from qa_bot.records import Corpus
from qa_bot.ui.rendering import render
from qa_bot.wording import count, day_and_time, nothing_changed

IN_A_LINE = 200  # characters of a sentence in a line of text; the page and the JSON have all


def as_text(report: Rehearsal, *, details: bool) -> str:
    """Counts; with `details` also every sentence and every answer."""
    changes = report.changes
    out = [f"Compared with what readers see, published {day_and_time(report.since)}:"]
    if not report.since:
        out = ["Nothing is published yet, so everything is new:"]
    if not changes:
        out.append(f"Nothing changed in {count(changes.unchanged, 'article')}.")
    else:
        out.append(articles_line(changes))
    for article in changes.articles:
        out.append(f"  {article_line(article)}")
        out += [
            f"    {fact.name}: {_or_empty(fact.before)} → {_or_empty(fact.after)}"
            for fact in article.facts
        ]
        if details and article.what in (What.CHANGED, What.RENAMED):
            out += [line for change in article.changes for line in _change_lines(change)]
    out += lists_lines(changes, details=details)
    if answers := answers_line(report):
        out += ["", answers]
    for answer in report.answers if details else ():
        out.append(f"  {answer.asked.question} ({answer.move})")
        out += [f"    - “{short(text, IN_A_LINE)}”" for text in answer.before]
        out += [f"    + “{short(text, IN_A_LINE)}”" for text in answer.after]
    return "\n".join(out)


def summary(published: Published, corpus: Corpus) -> str:
    """What a publish of `corpus` did, in a few lines: counts, and what is no longer as it was."""
    manifest = published.manifest
    if not published.changed:
        return nothing_changed(manifest.articles)
    out = [
        f"Published {count(manifest.articles, 'article')}: "
        f"{count(manifest.sentences, 'sentence')} in {count(manifest.passages, 'passage')}, "
        f"as {published.name}."
    ]
    if published.replaced:
        changes = compare(published.replaced, corpus)
        out += [f"  {article_line(article)}" for article in changes.articles]
        out += lists_lines(changes)
    return "\n".join(out)


def lists_lines(changes: CorpusChanges, *, details: bool = False) -> Iterator[str]:
    """What came into the lists beside the articles and what went, as counts; with `details` also each
    phrase of the glossary."""
    for entries, what, sign in (
        (changes.glossary_added, "added", "+"),
        (changes.glossary_removed, "removed", "-"),
    ):
        if entries:
            yield f"  glossary: {count(len(entries), 'phrase')} {what}"
        yield from (f"    {sign} {entry}" for entry in entries if details)
    for entries, what in ((changes.examples_added, "added"), (changes.examples_removed, "removed")):
        if entries:
            yield f"  examples: {count(len(entries), 'question')} {what}"


def as_page(report: Rehearsal) -> str:
    """One HTML page that needs no other file."""
    changes = report.changes
    return render(
        "diff.html",
        report=report,
        lists=(
            ("Glossary", changes.glossary_removed, changes.glossary_added),
            ("Examples of questions", changes.examples_removed, changes.examples_added),
        ),
        articles_line=articles_line,
        answers_line=answers_line,
        article_line=article_line,
        words=words,
        day_and_time=day_and_time,
        What=What,
    )


def articles_line(changes: CorpusChanges) -> str:
    """Counts of articles, in words."""
    parts = [
        f"{changes.count(what)} {what}"
        for what in (What.CHANGED, What.ADDED, What.REMOVED, What.RENAMED)
        if changes.count(what)
    ]
    return "Articles: " + ", ".join([*parts, f"{changes.unchanged} unchanged"]) + "."


def article_line(article: ArticleChange) -> str:
    """One article, with counts of its sentences."""
    counts = ", ".join(f"{article.count(what)} {what}" for what in SENTENCES if article.count(what))
    name = f"{article.renamed_from} → {article.id}" if article.renamed_from else article.id
    return f"{name} ({article.what}): {counts or 'no sentence changed'}"


def answers_line(report: Rehearsal) -> str:
    """Counts of answers, in words; "" when nothing was asked and there is nothing to say."""
    if report.asked is None:
        return report.silent
    if not report.answers:
        return f"Of {count(report.asked, 'question')}, none would be answered differently."
    parts = ", ".join(f"{report.count(m)} {m}" for m in Move if report.count(m))
    return (
        f"Of {count(report.asked, 'question')}, {len(report.answers)} would be answered "
        f"differently: {parts}."
    )


def words(before: Line | None, after: Line | None) -> Iterator[tuple[str, str]]:
    """Both texts in one, word by word: (words, "same", "removed" or "added")."""
    old = re.findall(r"\S+\s*|^\s+", before.text) if before else []
    new = re.findall(r"\S+\s*|^\s+", after.text) if after else []
    gone = come = ""
    for step in LCSseq.opcodes([w.strip() for w in old], [w.strip() for w in new]):
        if step.tag == "equal":
            yield from _marked(gone, come)
            gone = come = ""
            yield "".join(new[step.dest_start : step.dest_end]), "same"
        else:
            gone += "".join(old[step.src_start : step.src_end])
            come += "".join(new[step.dest_start : step.dest_end])
    yield from _marked(gone, come)


def _marked(gone: str, come: str) -> Iterator[tuple[str, str]]:
    yield from ((text, what) for text, what in ((gone, "removed"), (come, "added")) if text)


def _change_lines(change: Change) -> Sequence[str]:
    before, after = change.before, change.after
    place = after or before
    assert place is not None
    where = f"    {change.what}"
    if place.section:
        where += f", under “{place.section[-1]}”"
    out = [f"{where}:"]
    if before and after and before.kind is not after.kind:
        out[0] = f"{where}, read as {after.kind} instead of {before.kind}:"
    if before and after and before.text == after.text:
        return [*out, f"      “{short(after.text, IN_A_LINE)}”"]
    signed = (("-", before), ("+", after))
    out += [f"      {sign} {short(line.text, IN_A_LINE)}" for sign, line in signed if line]
    return out


def _or_empty(value: str) -> str:
    return value or "(not stated)"
