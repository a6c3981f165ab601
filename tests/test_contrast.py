"""Figures are told apart by value and unit; what is no figure, or nobody's evidence, is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_bot.answers import Quote
from qa_bot.records import Article, Kind
from qa_bot.ui.contrast import cut, own_figures, reviewed_only
from tests.scripted import MANIFEST, SIGGY


def said(text: str, role: Kind = Kind.BODY, article: Article = SIGGY) -> Quote:
    return Quote(
        article=replace(article, text=text),
        start=0,
        end=len(text),
        role=role,
        section=(),
        references=(),
        score=1.0,
    )


def marked(one: str, other: str, role: Kind = Kind.BODY) -> list[str]:
    """What of `one` is marked when `other` stands beside it."""
    (spans,), _ = own_figures([[said(one, role)], [said(other)]])
    return [piece for piece, own in cut(one, spans) if own]


@pytest.mark.parametrize(
    ("one", "other", "own"),
    [
        ("Rates of 50 to 60% were seen.", "Rates vary.", ["50 to 60%"]),
        ("Rates of 50 to 60% were seen.", "Of all, 50–60 percent respond.", []),
        ("At least two antidepressants.", "At least 2 of them.", []),
        ("At least two antidepressants.", "At least three antidepressants.", ["two"]),
        ("It takes 2 weeks.", "It takes 2 days.", ["2 weeks"]),
        ("A 12-week course.", "A long course.", ["12-week"]),
        ("Shown before.[2] On 5-HT and T3.", "Nothing.", []),
        ("Half of 1,000 people.", "Some people.", ["Half", "1,000"]),
    ],
)
def test_figures_that_only_one_side_gives_are_marked(one: str, other: str, own: list[str]) -> None:
    assert marked(one, other) == own


def test_stories_and_advertisements_are_not_compared() -> None:
    assert marked("Call (949) 735-5705.", "Nothing.", Kind.PROMOTION) == []
    assert marked("I took 3 drugs.", "Nothing.", Kind.TESTIMONIAL) == []


def test_one_article_alone_differs_from_nothing() -> None:
    assert own_figures([[said("In 2 weeks."), said("In 3 weeks.")]]) == [[(), ()]]


def test_the_marked_pieces_are_the_whole_text() -> None:
    text = "From 2 to 4 weeks, or 60%."
    ((spans,), _) = own_figures([[said(text)], [said("No.")]])
    assert "".join(piece for piece, _ in cut(text, spans)) == text
    assert cut(text, ()) == [(text, False)]


def test_reviewed_ones_are_named_only_beside_others() -> None:
    assert reviewed_only([SIGGY, MANIFEST]) == [SIGGY]
    assert reviewed_only([SIGGY]) == [] and reviewed_only([MANIFEST]) == []
