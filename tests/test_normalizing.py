"""Every disguise is undone through the shipped functions; harmless text comes through as it is."""

import base64
import codecs
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.answers import Level
from qa_bot.safety.escalating import screen_by_rules
from qa_bot.safety.normalizing import plain, readings

LEMMAS = ("kill myself", "suicide", "suicidal", "want to die", "end my life", "overdose")
MARKS = (
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u034f", "\u061c"),
    *("\u200e", "\u200f", "\u202a", "\u202c", "\u202e", "\u2066", "\u2069", "\u2062", "\u206a"),
    *("\ufe0e", "\ufe0f", "\u0301", "\u0336", "\u0489", "\u20dd", "\u115f", "\u3164", "\uffa0"),
    *("\U000e0041", "\U000e007f", "\u2800", "\u17b4", "\x00", "\x07", "\x7f", "\ue000"),
)


def is_crisis(message: str) -> bool:
    found = screen_by_rules(message)
    return found is not None and found.level is Level.CRISIS and found.category != "unread"


def has_panel(message: str) -> bool:
    return screen_by_rules(message) is not None


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: f"U+{ord(mark):04X}")
def test_no_invisible_mark_hides_a_core_word_wherever_it_stands(mark: str) -> None:
    frames = dict.fromkeys(LEMMAS, "want to") | {"suicide": "commit", "suicidal": "am"}
    frames["want to die"] = "really"
    for lemma in LEMMAS:
        for place in range(1, len(lemma)):
            disguised = lemma[:place] + mark + lemma[place:]
            assert has_panel(f"i {disguised}"), (lemma, place)
            assert is_crisis(f"i feel like i {frames[lemma]} {disguised}"), (lemma, place)


@given(st.sampled_from(LEMMAS), st.lists(st.sampled_from(MARKS), min_size=30, max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_mark_after_every_letter_hides_nothing(lemma: str, marks: list[str]) -> None:
    assert has_panel("i " + "".join(map("".join, zip(lemma, marks, strict=False))))


@pytest.mark.parametrize(
    "message",
    [
        "i wаnt tо dіе",  # Cyrillic
        "i ωant tο diе",  # Greek
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",  # fullwidth
        "𝐢 𝐰𝐚𝐧𝐭 𝐭𝐨 𝐝𝐢𝐞",
        "𝓲 𝔀𝓪𝓷𝓽 𝓽𝓸 𝓭𝓲𝓮",
        "Ⓘ ⓦⓐⓝⓣ ⓣⓞ ⓓⓘⓔ",
        "ɪ ᴡᴀɴᴛ ᴛᴏ ᴅɪᴇ",
        "i w@nt t0 d1e",
        "I w@nt t0 k!ll mys3lf",
        "su1c1d3 is all i think about",
        "i want to d*e",
        "s**cide",
        "i am going to k*ll myself",
        "k i l l   m y s e l f",
        "i want to d.i.e",
        "k.m.s",
        "k m s",
        "i want to k-i-l-l m-y-s-e-l-f",
        "sui cide is on my mind",
        "i will ki ll myself",
        "iwanttodie",
        "i want to\ndie",
        "i want to diiiie",
        "pleaseee i wanna killlll myself",
        "I WANT TO DIE",
        "i dont wanna live no more",
        "i don’t want to be here anymore",
        "i feel suisidal",
        "i am sucidal",
        "gonna kil myslef",
        "i want too die",
        "sewerslide is on my mind",
        "gonna unalive myself",
        "i want to un-alive myself",
        "kms fr",
        "thinking of sue a side all week",
        "i want to kill my self",
        "i took an over dose on purpose",
        "i want to **ki**ll myself",
        "i want to <b>di</b>e",
        "&#105; want to d&#105;e",
        "wanna die 💊💊💊 goodnight",
        "tired of everything 🔪",
    ],
)
def test_a_disguised_cry_for_help_is_read(message: str) -> None:
    assert is_crisis(message)


@pytest.mark.parametrize("text", ["i want to die", "i want to kill myself"])
def test_a_message_in_code_is_read(text: str) -> None:
    for coded in (
        base64.b64encode(text.encode()).decode(),
        text.encode().hex(),
        codecs.encode(text, "rot13"),
        text[::-1],
        quote(text),
        "".join(f"&#{ord(letter)};" for letter in text),
    ):
        assert is_crisis(coded), coded


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("K1ll mys3lf 2nite?!", "kill myself tonight ?"),
        ("I can't, won't & don't", "i can not will not do not"),
        ("5-HT and T3 at 10 mg", "5 ht and t3 at 10 mg"),
        ("esketamine, lamotrigine", "esketamine lamotrigine"),
        ("a skilled nursing facility", "a skilled nursing facility"),
        ("Kilimanjaro, die cast", "kilimanjaro die cast"),
        ("we subsided and overdue", "we subsided and overdue"),
    ],
)
def test_plain_words(typed: str, read: str) -> None:
    assert plain(typed) == read


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_readings_never_fail_and_are_never_empty(message: str) -> None:
    found = readings(message)
    assert found
    assert all(reading.startswith(" ") and reading.endswith(" ") for reading in found)


@given(st.sampled_from(["i want to die", "my second ssri is not working", "what is tms"]))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.slow
def test_no_invisible_character_of_unicode_hides_a_core_word() -> None:
    import sys
    import unicodedata

    for code in range(0x80, sys.maxunicode):
        mark = chr(code)
        if unicodedata.category(mark) in ("Cf", "Mn", "Me"):
            assert is_crisis(f"i want to d{mark}ie"), hex(code)
