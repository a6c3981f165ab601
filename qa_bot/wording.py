"""What is said in the same words in several places, counts and moments among it."""

from __future__ import annotations

from datetime import date, datetime

NOT_FOR_ARTICLES = (
    "These articles don’t speak to that. The people on the help lines above are there for it."
)


def day(when: date) -> str:
    """A date as Americans write it.

    >>> day(date(2026, 6, 19))
    'June 19, 2026'
    """
    return f"{when:%B} {when.day}, {when.year}"


def day_and_time(moment: str) -> str:
    """
    >>> day_and_time("2026-06-19T08:05:00+00:00")
    'June 19, 2026, 08:05 UTC'
    """
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{day(parsed)}, {parsed:%H:%M %Z}".rstrip()


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
