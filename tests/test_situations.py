import re
from pathlib import Path

import pytest

from qa_bot.answers import Answer, Escalation, Level, Outcome
from qa_bot.safety import help_lines as lines_module
from qa_bot.safety import situations as module
from qa_bot.safety.escalating import screen_by_rules, self_test
from qa_bot.safety.help_lines import LAST_RESORT, help_lines
from qa_bot.safety.rules import rules
from qa_bot.safety.situations import DEFAULT, Situation, situation, situations
from qa_bot.ui.rendering import Turn, render_conversation


def panel(category: str, level: Level, number: int = 1) -> str:
    escalation = Escalation(level, category, help_lines(category))
    turn = Turn(number, "?", Answer("?", Outcome.CRISIS, escalation=escalation))
    page = re.sub(r"<[^>]+>", " ", render_conversation((turn,), (), (), help_lines()))
    return " ".join(page.replace("&#39;", "'").split())


def test_every_situation_is_one_that_rules_find() -> None:
    book = rules()
    found = {rule.category for rule in book.rules} | {one.category for one in book.combinations}
    assert situations().keys() - {DEFAULT} <= found


@pytest.mark.parametrize("category", sorted(situations()))
def test_each_panel_says_what_is_written_for_its_situation(category: str) -> None:
    here, in_crisis = situation(category), panel(category, Level.CRISIS)
    assert any(opening in in_crisis for opening in here.openings)
    assert here.danger in in_crisis and here.advice in in_crisis
    assert ("Leave this page now" in in_crisis) is here.leave
    beside = panel(category, Level.CONCERN)
    assert here.beside in beside and here.ask in beside


def test_what_a_situation_leaves_out_is_as_in_the_default() -> None:
    assert situation("third person").lines == situation(DEFAULT).lines
    assert situation("no such category") == situation(DEFAULT)


def test_the_openings_change_from_one_panel_to_the_next() -> None:
    shown = [panel("suicidal thoughts", Level.CRISIS, number) for number in (1, 2, 3)]
    counts = [sum(opening in page for page in shown) for opening in situation("").openings]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize(
    "content", [None, "", "not toml [", '[situation.default]\nlines = "us-988"', "\x00"]
)
def test_a_missing_or_damaged_file_still_shows_the_lines(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "situations.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(module, "DATA", path)
    for cached in (situations, lines_module._ordered):
        cached.cache_clear()
    try:
        found, shown = screen_by_rules("I want to die"), panel("overdose", Level.CRISIS)
        with pytest.raises(RuntimeError, match="help lines"):
            self_test()
    finally:
        for cached in (situations, lines_module._ordered):
            cached.cache_clear()
    assert found is not None and found.lines == LAST_RESORT
    assert Situation().openings[0] in shown and "988" in shown


def test_a_word_that_no_situation_has_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "situations.toml"
    path.write_text('[situation.default]\nlines = []\nopenings = []\nadvise = "Rest."\n')
    monkeypatch.setattr(module, "DATA", path)
    situations.cache_clear()
    try:
        with pytest.raises(ValueError, match="default has advise"):
            situations()
    finally:
        situations.cache_clear()
