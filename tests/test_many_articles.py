"""Of many articles, a publish encodes what is new in the one that changed. See `tests.many_articles`."""

import pytest

from tests.many_articles import LENGTH, measure

ARTICLES = 12
ABOUT_ONE_SENTENCE = 3  # texts: the sentence alone, with its heading, and in its passage


@pytest.mark.slow
def test_of_many_articles_only_the_changed_passage_is_encoded_again() -> None:
    found = measure(ARTICLES)
    assert found["first"]["articles"] == ARTICLES
    assert found["first"]["sentences"] >= ARTICLES * LENGTH
    assert found["edited"]["sentences"] == found["first"]["sentences"] + 1
    assert found["edited"]["encoded"] <= ABOUT_ONE_SENTENCE
    assert found["edited"]["encoded_without_the_edit"] == 0
