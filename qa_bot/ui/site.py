"""The whole web site: the chat as a Gradio app, the plain pages around it, and what guards them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from qa_bot.answers import HelpLine
from qa_bot.errors import QABotError
from qa_bot.records import Article
from qa_bot.ui.admission import Admission, AdmissionMiddleware
from qa_bot.ui.guard import Guard
from qa_bot.ui.pages import Frame, chat_and_help, health, shelf
from qa_bot.ui.rendering import STATIC

#: Events that Gradio holds at once. Those who ask while many wait are turned away sooner (`admission`).
MOST_EVENTS = 1_000

SYSTEM_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"]


def build_app(
    chat: gr.Blocks,
    articles: Callable[[], Sequence[Article]],
    lines: Sequence[HelpLine],
    earlier: Callable[[str, str], Article | None] = lambda article_id, version: None,
    mcp: Callable[[str, list[str]], dict[str, Any]] | None = None,
    admission: Admission | None = None,
    problem: Callable[[], QABotError | None] = lambda: None,
) -> FastAPI:
    """The whole site. `articles` is asked again for each page: what is published shows at once.

    `earlier` gives an article as it was, by its id and version; None where that is no longer kept.
    `admission`: who may ask while many do; None: everybody.
    `problem` says why no question can be answered; None: it can.
    `mcp` answers programs that ask by the Model Context Protocol; None: they cannot.

    :raises SettingsError: `mcp` needs a package that is missing.
    """
    app = FastAPI(title="qa-bot", docs_url=None, redoc_url=None, openapi_url=None)
    frame = Frame(lines)
    app.include_router(chat_and_help(frame))
    app.include_router(shelf(frame, articles, earlier))
    app.include_router(health(articles, problem))
    app.add_exception_handler(QABotError, frame.unreadable)
    if mcp:
        from qa_bot.ui.mcp_server import add_mcp

        add_mcp(app, mcp)
    app.mount("/public", StaticFiles(directory=STATIC))
    gr.mount_gradio_app(
        app,
        chat.queue(60, api_open=False, default_concurrency_limit=None, max_size=MOST_EVENTS),
        path="/",
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        ssr_mode=False,
        mcp_server=False,
        max_file_size=1,  # nothing here takes files, yet Gradio would store them
        theme=gr.themes.Base(font=SYSTEM_FONTS, font_mono=["monospace"]),
    )
    if admission:
        app.add_middleware(AdmissionMiddleware, admission=admission, lines=lines)
    app.add_middleware(Guard, error_page=frame.error)
    return app
