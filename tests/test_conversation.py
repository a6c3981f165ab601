"""A chat stands as its reader left it, in whatever order answers arrive."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

from qa_bot.safety.escalating import WINDOW
from qa_bot.ui import conversation
from qa_bot.ui.conversation import MOST_TURNS, STOPPED, Conversation
from qa_bot.ui.rendering import Turn
from tests.scripted import SCRIPT


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests ask faster than any reader."""
    monkeypatch.setattr(conversation, "TWICE", 0.0)


def begun(chat: Conversation, question: str, replacing: int = 0) -> Turn:
    turn = chat.begin(question, replacing)
    assert turn
    return turn


def asked(chat: Conversation, question: str, answer: str, replacing: int = 0) -> Turn:
    turn = replace(begun(chat, question, replacing), answer=SCRIPT[answer])
    chat.finish(turn)
    return turn


def questions(chat: Conversation) -> list[str]:
    return [turn.question for turn in chat.turns]


def test_answers_find_their_places_in_any_order() -> None:
    chat = Conversation()
    first, second = begun(chat, "one"), begun(chat, "cost")
    chat.finish(replace(second, answer=SCRIPT["cost"]))
    chat.finish(replace(first, answer=SCRIPT["one"]))
    assert [turn.answer for turn in chat.turns] == [SCRIPT["one"], SCRIPT["cost"]]
    assert [turn.question for turn in chat.before(second)] == ["one"]


def test_the_same_question_is_not_looked_up_twice_at_once() -> None:
    chat = Conversation()
    turn = begun(chat, "one")
    assert chat.begin("one") is None
    chat.finish(replace(turn, answer=SCRIPT["one"]))
    assert chat.begin("one")


def test_a_stopped_answer_stays_away_unless_it_brings_up_help_lines() -> None:
    chat = Conversation()
    turn = begun(chat, "?")
    chat.stop()
    assert chat.turns[0].problem == STOPPED and chat.turns[0].retry
    chat.finish(replace(turn, answer=SCRIPT["one"]))
    assert chat.turns[0].answer is None
    chat.finish(replace(turn, answer=SCRIPT["die"]))
    assert chat.turns[0].answer == SCRIPT["die"]


def test_what_was_cleared_does_not_come_back() -> None:
    chat = Conversation()
    late = begun(chat, "one")
    chat.clear()
    begun(chat, "cost")
    chat.finish(replace(late, answer=SCRIPT["one"]))
    assert questions(chat) == ["cost"] and chat.turns[0].pending


def test_only_the_last_question_can_be_replaced() -> None:
    chat = Conversation()
    first = asked(chat, "one", "one")
    second = asked(chat, "cots", "cost")
    asked(chat, "cost", "cost", replacing=second.number)
    assert questions(chat) == ["one", "cost"]
    asked(chat, "both", "both", replacing=first.number)
    assert questions(chat) == ["one", "cost", "both"]


def test_what_brought_up_help_lines_cannot_be_replaced() -> None:
    chat = Conversation()
    said = asked(chat, "die", "die")
    asked(chat, "never mind, one", "one", replacing=said.number)
    assert questions(chat) == ["die", "never mind, one"]


def test_the_oldest_leave_a_long_chat_and_numbers_go_on() -> None:
    chat = Conversation()
    for number in range(MOST_TURNS + 5):
        asked(chat, str(number), "one")
    assert len(chat.turns) == MOST_TURNS
    assert chat.turns[-1].number == MOST_TURNS + 5


def test_what_brought_up_help_lines_stays_with_what_led_to_it_but_not_without_end() -> None:
    chat = Conversation()
    for number in range(6):
        asked(chat, str(number), "one")
    asked(chat, "die", "die")
    for number in range(2 * MOST_TURNS):
        asked(chat, str(number), "one")
    shown = [turn.question for turn in chat.turns]
    assert shown[: WINDOW + 1] == ["2", "3", "4", "5", "die"]
    assert len(shown) == MOST_TURNS + WINDOW + 1
    for _ in range(3 * MOST_TURNS):
        asked(chat, "die", "die")
    assert len(chat.turns) == 2 * MOST_TURNS
    assert "die" in [turn.question for turn in chat.turns[: WINDOW + 1]]


def test_what_is_being_asked_again_is_not_asked_twice_either() -> None:
    chat = Conversation()
    turn = asked(chat, "one", "one")
    assert chat.begin("one", replacing=turn.number) is not None
    assert chat.begin("one", replacing=turn.number) is None
    assert len(chat.turns) == 1


def test_a_key_pressed_twice_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Conversation()
    asked(chat, "one", "one")
    assert chat.begin("one") is not None
    chat.stop()
    monkeypatch.setattr(conversation, "TWICE", 60.0)
    assert chat.begin("one") is None
    assert chat.begin("two") is not None


def test_a_copy_for_the_next_visitor_is_empty() -> None:
    chat = Conversation()
    asked(chat, "one", "one")
    assert deepcopy(chat).turns == ()
