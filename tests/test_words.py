import string

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.words import STOPWORDS, content_stems, stem, words

TEXT = st.text(alphabet=string.ascii_letters + string.digits + " ’'-_.,?éßİ—\n", max_size=80)


@given(TEXT)
def test_every_word_is_cut_from_the_text_in_order_and_none_overlaps_another(text: str) -> None:
    end = 0
    for word in words(text):
        assert word.start >= end
        assert text[word.start : word.end] == word.text != ""
        end = word.end


@given(TEXT)
def test_no_letter_or_digit_is_left_out(text: str) -> None:
    kept = {place for word in words(text) for place in range(word.start, word.end)}
    assert all(place in kept for place, sign in enumerate(text) if sign.isalnum())


@given(st.sampled_from(["therapy", "TMS", "medication", "Side"]), st.sampled_from(["’s", "'s", ""]))
def test_case_and_a_possessive_change_no_stem(word: str, ending: str) -> None:
    assert stem(word.upper() + ending) == stem(word.lower())


def test_forms_of_one_word_share_a_stem() -> None:
    assert len({stem(word) for word in ("treat", "treats", "treated", "treating")}) == 1
    assert stem("therapies") == stem("therapy") != stem("therapist")


def test_only_words_that_name_something_are_content() -> None:
    assert content_stems("What’s the dose of the 20 mg tablets? It isn't 40.") == [
        "dose",
        "20",
        "mg",
        "tablet",
        "40",
    ]
    assert content_stems("Who are you, and what can it do?") == []
    assert content_stems("") == []


def test_a_content_word_is_repeated_as_often_as_it_occurs() -> None:
    assert content_stems("ECT, then TMS, then ECT") == ["ect", "tms", "ect"]


def test_stopwords_are_written_as_they_are_looked_up() -> None:
    assert all(word == word.casefold() and words(word)[0].text == word for word in STOPWORDS)
    assert not STOPWORDS & {"not found", "drug", "dose", "cost", "hurt", "pain", "brain"}
