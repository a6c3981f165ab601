"""What can be amiss with one article as a text: its letters, length, dates, lists and headings.

An error is what would show readers something wrong; all else is a warning, for the editor to judge.
What a health article owes its readers (sources, help lines) is `clinical_rules`' work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from qa_bot.articles.article import page_awaits_review, page_updated
from qa_bot.articles.passages import lost_lists, sentences
from qa_bot.editing.findings import Finding
from qa_bot.editing.source import Source, short
from qa_bot.records import Block, Kind, ReviewStatus
from qa_bot.wording import count

FEWEST_WORDS = 50  # that can be quoted; a page with fewer has lost its text
MOST_HEADINGS = 12  # of a page that has fewer than half as many paragraphs
LONGEST_ARTICLE = 20_000  # the length of a short book

_LETTERS = (
    (
        "encoding",
        # UTF-8 that was read as something else, and what was left of letters that could not be read.
        re.compile(
            "\ufffd|[\x80-\x9f]|ï»¿|â€|Ã[©¨¤¶¼±³¡§ª«®¯´¸º»¿ŸŒ]|Â[\xa0°±·®©»«]",
        ),
        "looks garbled, as when letters are saved in one encoding and read in another; paste the text "
        "again and save it as UTF-8.",
    ),
    (
        "hidden",
        re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"),
        "holds characters that nobody sees; type the words again.",
    ),
)
_CONFLICT = re.compile(r"^(?:<{7} |>{7} ).*", re.MULTILINE)
_FOR_A_MODEL = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}"
    r"\b(?:previous|prior|above|earlier|preceding|all|system)\b[^.\n]{0,30}\b(?:instructions?|prompts?)\b"
    r"|\bsystem prompt\b|\bas an? (?:AI|large language|language) (?:assistant|model)\b"
    r"|\byou are (?:now )?an? (?:AI\b|chat ?bot|language model|helpful assistant)"
    r"|\b(?:chat ?bots?|language models?|LLMs?|AI (?:assistants?|models?))\b[^.\n]{0,20}"
    r"\b(?:must|should|shall)\b[^.\n]{0,20}\b(?:say|answer|reply|respond|tell|recommend|output|quote)\b"
    r"|\b(?:reveal|print|repeat|output) (?:your|the) (?:instructions|prompt)\b"
    r"|<\|[a-z_]{2,20}\|>|\[/?INST\]|^\s*(?:#+\s*)?(?:system|assistant)\s*:"
)


def article_findings(source: Source, today: date, age_limit: int) -> Iterator[Finding]:
    """`age_limit`: months after which an article is to be reviewed."""
    yield from _letters(source)
    yield from _instructions(source)
    yield from _length(source)
    yield from _facts(source, today, age_limit)
    for offset in lost_lists(source.article):
        words = source.article.text[offset:].split("\n", 1)[0]
        yield source.warning(
            "lost-list",
            offset,
            f"“{words[-60:]}” announces a list, but none follows; paste the list from the page.",
        )
    yield from _scattered(source)
    yield from _headings(source)


def _letters(source: Source) -> Iterator[Finding]:
    text = source.article.text
    for rule, pattern, message in _LETTERS:
        places = [found.start() for found in pattern.finditer(text)]
        if places:
            before = text[: places[0]].rpartition("\n")[2][-25:]
            words = short(before + text[places[0] :].split("\n", 1)[0][:25])
            more = f" ({len(places) - 1} more like it.)" if places[1:] else ""
            yield source.error(rule, places[0], f"“{words}” {message}{more}")
    # In the file: to Markdown these lines are quotations and headings.
    if conflict := _CONFLICT.search(source.content):
        message = (
            f"“{short(conflict[0])}” is what a merge left behind; keep one of the two versions."
        )
        yield source.error(
            "conflict", text.find(conflict[0]) if conflict[0] in text else None, message
        )


def _instructions(source: Source) -> Iterator[Finding]:
    article = source.article
    message = "“{}” speaks to a program and not to readers; delete it."
    for value in (article.title, article.publisher, article.reviewed_by):
        if _FOR_A_MODEL.search(value):
            yield source.error("instructs", None, message.format(short(value)))
    start = 0
    for line in article.text.split("\n"):
        if found := _FOR_A_MODEL.search(line):
            words = short(line[max(0, found.start() - 30) :].strip())
            yield source.error("instructs", start + found.start(), message.format(words))
        start += len(line) + 1


def _length(source: Source) -> Iterator[Finding]:
    text = source.article.text
    words = sum(len(text[s.start : s.end].split()) for s in sentences(source.article))
    if not words:
        message = "holds no sentence that can be quoted; paste the whole article."
        yield source.error("no-sentence", None, message)
    elif words < FEWEST_WORDS:
        message = f"has {words} words that can be quoted; check that all of the page was pasted."
        yield source.warning("short", None, message)
    elif words > LONGEST_ARTICLE:
        message = f"has {words:,} words; check that it is one article, and split it if not."
        yield source.warning("long", None, message)


def _facts(source: Source, today: date, age_limit: int) -> Iterator[Finding]:
    article = source.article
    updated = article.last_updated
    if updated is None:
        message = "the date of the last update is missing; fill in last_updated."
        yield source.about("last_updated", message)
    elif updated > today:
        yield source.about("last_updated", f"the last update, {updated}, lies in the future.")
    elif (months := _months(updated, today)) >= age_limit:
        message = f"the last update, {updated}, is {months} months ago; {age_limit} is the limit."
        yield source.about("last_updated", message)
    in_words = page_updated(article)
    if updated and in_words and in_words != updated:
        message = f"the last update is {updated} here, but {in_words} in the page; correct one."
        yield source.about("last_updated", message)
    if article.review_status is ReviewStatus.AWAITING:
        yield source.about("review_status", "awaits clinical review; readers are told so.")
    elif article.review_status is ReviewStatus.REVIEWED and page_awaits_review(article):
        message = "says that it was reviewed, but the page says that it awaits review; correct one."
        yield source.about("review_status", message)
    elif article.review_status is ReviewStatus.REVIEWED and not article.reviewed_by:
        yield source.about("reviewed_by", "does not say who reviewed it; fill in reviewed_by.")
    elif article.review_status is ReviewStatus.NOT_STATED:
        message = "does not say who reviewed it; fill in reviewed_by and review_status."
        yield source.about("review_status", message)
    if not article.publisher:
        yield source.about("publisher", "the publisher is missing; fill in publisher.")


def _months(since: date, today: date) -> int:
    months = (today.year - since.year) * 12 + today.month - since.month
    return months - (today.day < since.day)


def _headings(source: Source) -> Iterator[Finding]:
    shown = [b for b in source.article.blocks if b.kind not in (Kind.CAPTION, Kind.NAVIGATION)]
    for block, below in zip_longest(shown, shown[1:]):
        words = short(source.words(block))
        if block.kind is Kind.FAQ_QUESTION:
            if below is None or below.kind in (Kind.FAQ_QUESTION, Kind.HEADING):
                message = f"the question “{words}” has no answer; check that no text was lost."
                yield source.warning("no-text", block.start, message)
        elif block.kind is Kind.HEADING and not _has_text(source, block, below):
            message = f"the heading “{words}” has no text below it; check that none was lost."
            yield source.warning("no-text", block.start, message)


def _scattered(source: Source) -> Iterator[Finding]:
    """What a page in columns or tables leaves of its lines."""
    headings = sum(1 for _ in source.of_kind(Kind.HEADING))
    texts = len(source.article.blocks) - headings
    if headings >= MOST_HEADINGS and headings > 2 * texts:
        message = (
            f"reads as {headings} headings and {count(texts, 'paragraph')}: its lines could not be put "
            "together; paste its words into a text file instead."
        )
        yield source.error("scattered", None, message)


def _has_text(source: Source, heading: Block, below: Block | None) -> bool:
    """A heading of a lower level is text enough; where no levels are known, none is."""
    if below is None or below.kind not in (Kind.HEADING, Kind.TITLE):
        return below is not None
    levels = source.heading_level(heading.start), source.heading_level(below.start)
    return levels[0] < levels[1]
