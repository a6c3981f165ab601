"""Counts and moments in words, as the editors' command and its pages say them."""

from __future__ import annotations

from datetime import datetime


def day_and_time(moment: str) -> str:
    """
    >>> day_and_time("2026-06-19T08:05:00+00:00")
    'June 19, 2026, 08:05 UTC'
    """
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{parsed:%B} {parsed.day}, {parsed:%Y, %H:%M %Z}".rstrip()


def count(number: int, noun: str) -> str:
    """
    >>> count(2, "article")
    '2 articles'
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def nothing_changed(articles: int) -> str:
    """
    >>> nothing_changed(1)
    'Nothing changed: 1 article is already published.'
    """
    verb = "is" if articles == 1 else "are"
    return f"Nothing changed: {count(articles, 'article')} {verb} already published."
