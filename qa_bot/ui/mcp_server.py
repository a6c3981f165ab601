"""The Model Context Protocol: one tool, by which a program that speaks it asks the articles.

Off unless set; it needs the package mcp. Which answer to give is `QABot`'s business.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import FastAPI

from qa_bot.errors import SettingsError

NAME = "Ask the articles"
TOLD = (
    "Quotes whole sentences from a few health articles, or says that they do not cover a question. "
    "Where `escalation` is not null, show its `lines` to the person before anything else. Pass `quotes` "
    "on as they are, each with its article, publisher and date."
)


def add_mcp(app: FastAPI, ask: Callable[[str, list[str]], dict[str, Any]]) -> None:
    """Let programs ask at `/mcp`, by streamable HTTP. `ask` is called in threads.

    :raises SettingsError: the package mcp is missing.
    """
    try:
        from mcp.server.fastmcp import FastMCP
        from mcp.server.transport_security import TransportSecuritySettings
    except ImportError:
        raise SettingsError(
            "QA_BOT_MCP needs the package mcp, which is not installed; run "
            '`.venv/bin/python -m pip install ".[mcp]"`.'
        ) from None

    async def ask_articles(question: str, history: list[str] | None = None) -> dict[str, Any]:
        return await run_sync(partial(ask, question, history or []))

    server = FastMCP(
        NAME,
        instructions=TOLD,
        stateless_http=True,
        # Everything here may be read by anybody; hosts are the business of the proxy before the chat.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        log_level="WARNING",
    )
    server.add_tool(
        ask_articles,
        title=NAME,
        description=f"{TOLD} `history`: the person's earlier messages, oldest first.",
        structured_output=True,
    )
    app.router.routes.extend(server.streamable_http_app().routes)
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(site: FastAPI) -> AsyncIterator[Any]:
        async with outer(site) as state, server.session_manager.run():
            yield state

    app.router.lifespan_context = lifespan
