"""The chat as programs and new visitors meet it. What people see of it is tested in `test_page`."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import pytest
from gradio_client import Client

from qa_bot.ui.admission import Admission
from qa_bot.ui.chat_page import build_page
from qa_bot.ui.exchange import plain_answer
from qa_bot.ui.site import build_app
from tests.scripted import ARTICLES, HOSTILE, LINES, SCRIPT, ScriptedBot, serving


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    bot = ScriptedBot()
    chat = build_page(bot.ask, bot.articles, LINES)
    with serving(build_app(chat, bot.articles, LINES)) as address:
        yield address


def test_other_programs_get_the_answer_as_plain_json(address: str) -> None:
    client = Client(address, verbose=False)
    answer = client.predict(question="both", history=["What is TMS?"], api_name="/ask")
    assert answer == {**SCRIPT["both"].to_dict(), "question": "both"}
    assert client.predict(question="die", api_name="/ask")["outcome"] == "crisis"


def test_programs_get_help_lines_and_a_problem_where_people_would() -> None:
    bot = ScriptedBot()
    broken = plain_answer("break", [], bot.ask, LINES)
    assert broken["problem"] and broken["escalation"]["lines"] and not broken["quotes"]
    wordless = plain_answer("emoji", ["one"], bot.ask, LINES)
    assert "no word to look up" in wordless["problem"] and wordless["escalation"] is None
    assert bot.asked[-1] == ("emoji", ("one",))


def test_whatever_came_of_a_message_it_waits_no_longer() -> None:
    admission = Admission(most=1)
    chat = build_page(ScriptedBot().ask, lambda: ARTICLES, LINES, passing=admission.passing)
    with serving(build_app(chat, lambda: ARTICLES, LINES, admission=admission)) as address:
        client = Client(address, verbose=False)
        for question in ("both", "", "break", "both"):
            assert client.predict(question=question, api_name="/ask")["outcome"]


def test_only_the_endpoint_meant_for_programs_is_listed(address: str) -> None:
    listed = Client(address, verbose=False).view_api(return_format="dict")
    assert list(listed["named_endpoints"]) == ["/ask"]
    assert listed["unnamed_endpoints"] == {}


def test_the_page_starts_empty_for_everybody() -> None:
    bot = ScriptedBot()
    page = build_page(bot.ask, lambda: ARTICLES, LINES)
    states = [block for block in page.blocks.values() if isinstance(block, gr.State)]
    assert [state.value.turns for state in states] == [()]
    assert not bot.asked and HOSTILE not in str(page.get_config_file())
