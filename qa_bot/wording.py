"""Counts, moments, and replies that need no article, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

# By the name of a matter (of `aspects.toml`) that is none of any article, and yet deserves an answer.
REPLIES = {
    "small talk": "I’m here whenever you have a question for the articles.",
    "this bot itself": "I am a program that finds quotes in the articles. No person reads this chat, "
    "and your messages are not kept.",
    "what this is for": "If you or someone near you needs help now, the lines at the top of this page "
    "are there for it. If you have a question for the articles, write it in a few words.",
    "taking a medicine otherwise than prescribed": "The articles don’t say, and I won’t guess. Whoever "
    "prescribes it, or a pharmacist, can tell you before you take it in another way.",
    "another language": "I can only look up questions in English. "
    "(Solo puedo buscar preguntas en inglés.)",
}


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


def reply_to(missing: Iterable[str]) -> str:
    """What is said when this is what the articles do not cover; "" where it is a matter for articles.

    >>> reply_to(["cost"])
    ''
    """
    return next((REPLIES[matter] for matter in missing if matter in REPLIES), "")
