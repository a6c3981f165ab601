"""Which of the questions that articles themselves put and answer are offered to a new reader."""

from __future__ import annotations

from collections.abc import Sequence

from qa_bot.articles.subjects import questions_of
from qa_bot.records import Article, Kind
from qa_bot.safety.escalating import screen_by_rules
from qa_bot.words import words

STARTERS = 6  # questions offered on an empty page
LONGEST_STARTER = 90  # characters; more are a paragraph on a button


def starters(articles: Sequence[Article], count: int = STARTERS) -> tuple[str, ...]:
    """At most `count` questions that show the range of what the articles answer.

    Articles take turns, spread over the shelf where there are more of them than `count`; each gives
    the question that says least again of what the others already say. None brings up help lines.
    """
    step = max(1, len(articles) // count) if count else 1
    shelf = [_askable(article) for article in articles[::step]]
    chosen: dict[str, frozenset[str]] = {}
    while any(shelf) and len(chosen) < count:
        for questions in shelf:
            if questions and len(chosen) < count:
                said = frozenset().union(*chosen.values())
                new = min(questions, key=lambda question: _again(questions[question], said))
                chosen[new] = questions.pop(new)
        for questions in shelf:
            for question in chosen:
                questions.pop(question, None)
    return tuple(chosen)


def _askable(article: Article) -> dict[str, frozenset[str]]:
    """Questions that can stand alone on a button → their words' stems, "how many" included.

    A FAQ's are whole by themselves; a heading's often are not, so it is taken where there is no FAQ.
    """
    found = list(questions_of(article, Kind.FAQ_QUESTION)) or list(questions_of(article))
    return {
        question: frozenset(word.stem for word in words(question))
        for question in found
        if len(question) <= LONGEST_STARTER and screen_by_rules(question) is None
    }


def _again(stems: frozenset[str], said: frozenset[str]) -> float:
    """The share of a question's words that were said before; 1 for a question without any."""
    return len(stems & said) / len(stems) if stems else 1.0
