"""Long forms, abbreviations and brands are read as one name."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from qa_bot.composing.naming import Names, names_of
from qa_bot.records import Term
from qa_bot.words import stem
from tests.unpublished import generation_of

TEXT = """# Care of roses

## Feeding

Rapid growth feed (RGF) is given weekly. RGF helps. Esketamine (Spravato) is another thing.
"""


@pytest.fixture
def names(tmp_path: Path) -> Names:
    return names_of(generation_of(tmp_path, TEXT, Term("plant food", "fertilizer", True)))


def test_what_the_article_abbreviates_is_read_by_its_short_form(names: Names) -> None:
    assert names.read_as("Rapid growth feed is dear.") == "RGF is dear."
    assert names.read_as("rapid growth feeds") == "RGF"
    assert names.read_as("Spravato helps") == "Esketamine helps"


def test_what_was_replaced_is_not_held_by_its_names(tmp_path: Path) -> None:
    generation = generation_of(tmp_path, TEXT)
    names_of(generation)
    gone = weakref.ref(generation)
    del generation
    gc.collect()
    assert gone() is None


def test_other_words_are_left_alone(names: Names) -> None:
    assert names.read_as("Growth is rapid where roses feed.") == (
        "Growth is rapid where roses feed."
    )


def test_things_are_those_of_the_glossary_and_names_those_of_the_articles_too(
    names: Names,
) -> None:
    assert names.things == {stem("fertilizer")}
    assert names.things < names.named
    assert {stem("Esketamine"), "rgf"} <= names.named
