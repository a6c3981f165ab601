"""A real client of the Model Context Protocol asks, and gets what `/ask` gives."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import Any

import pytest
from fastapi import FastAPI
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from qa_bot.errors import SettingsError
from qa_bot.ui.chat_page import build_page
from qa_bot.ui.exchange import plain_answer
from qa_bot.ui.mcp_server import add_mcp
from qa_bot.ui.site import build_app
from tests.scripted import LINES, SCRIPT, ScriptedBot, serving


async def conversation(address: str) -> tuple[str, list[str], list[dict[str, Any]]]:
    """What the server tells about itself, its tools, and its answers to three questions."""
    async with (
        streamablehttp_client(address + "mcp") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        told = await session.initialize()
        tools = await session.list_tools()
        answers = []
        for question in ("both", "die", "break"):
            arguments = {"question": question, "history": ["What is TMS?"]}
            result = await session.call_tool("ask_articles", arguments)
            answers.append(result.structuredContent or {})
        return told.instructions or "", [tool.name for tool in tools.tools], answers


def test_a_client_finds_one_tool_and_gets_answers_with_help_lines_whatever_happens() -> None:
    bot = ScriptedBot()
    ask = partial(plain_answer, ask=bot.ask, lines=LINES)
    page = build_page(bot.ask, bot.articles, LINES)
    with serving(build_app(page, bot.articles, LINES, mcp=ask)) as address:
        told, tools, (both, die, broken) = asyncio.run(conversation(address))
    assert "`escalation`" in told and tools == ["ask_articles"]
    assert both == {**SCRIPT["both"].to_dict(), "question": "both"}
    assert bot.asked[0] == ("both", ("What is TMS?",))
    assert die["outcome"] == "crisis" and die["escalation"]["lines"]
    assert broken["problem"] and broken["escalation"]["lines"]


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.fastmcp", None)
    with pytest.raises(SettingsError, match="pip install"):
        add_mcp(FastAPI(), lambda question, history: {})
