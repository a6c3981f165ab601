"""The plain pages around the chat: its frame, help, the articles, and health.

Every page works without JavaScript and carries the help lines. What happens in the chat is `chat_page`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from qa_bot.answers import HelpLine
from qa_bot.errors import QABotError
from qa_bot.records import Article
from qa_bot.safety.help_lines import COOKIE, lines_for, region_in, regions
from qa_bot.ui.reading_page import reading_blocks
from qa_bot.ui.rendering import STATIC, render

LOG = logging.getLogger(__name__)

A_YEAR = 365 * 24 * 60 * 60  # seconds

Articles = Callable[[], Sequence[Article]]
Earlier = Callable[[str, str], Article | None]


@dataclass(frozen=True, slots=True)
class Frame:
    """Makes pages. `lines`: the help on each of them, for readers who chose no country."""

    lines: Sequence[HelpLine]

    def page(
        self, request: Request, template: str, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A template with its `values` and what all pages have around them."""
        root = request.scope.get("root_path", "").rstrip("/") + "/"
        path = request.url.path.removeprefix(root)
        pane = request.query_params.get("pane") == "yes"
        shift = 1 if pane else 0
        values = {"lines": lines_for(region_in(request.cookies), self.lines), **values}
        html = render(template, root=root, path=path, pane=pane, shift=shift, **values)
        return HTMLResponse(html, status, headers={"cache-control": "no-cache"})

    def notice(self, request: Request, heading: str, sentence: str, status: int = 200) -> Response:
        """A page that says what is not there."""
        return self.page(request, "error_page.html", status, heading=heading, sentence=sentence)

    def error(self, scope: Scope, status: int) -> Response:
        """The page in the place of a bare error."""
        if status in (404, 422):
            told = "Page not found", "There is no page at this address."
        else:
            told = "Something went wrong", "The page could not be shown. Try again soon."
        return self.notice(Request(scope), *told, status)

    def unreadable(self, request: Request, error: Exception) -> Response:
        """The page where the articles cannot be read; why is for those who run the chat."""
        LOG.error("%s", error)
        heading = "The articles cannot be read just now"
        return self.notice(request, heading, "Please try again later.", 503)


def chat_and_help(frame: Frame) -> APIRouter:
    """The page that the chat is in, the help lines, and what a browser keeps of them."""
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    def front(request: Request) -> Response:
        return frame.page(request, "chat.html")

    @router.get("/help", response_class=HTMLResponse)
    def help_now(request: Request, region: str = "") -> Response:
        known = regions()
        chooses = region in known
        region = region if chooses else region_in(request.cookies)
        near = lines_for(region, frame.lines)
        region = region or near[0].region
        found = frame.page(request, "help_page.html", lines=near, regions=known, region=region)
        if chooses:
            # A preference of the reader's browser; nothing of it is kept here.
            found.set_cookie(COOKIE, region, max_age=A_YEAR, samesite="lax", httponly=True)
        return found

    @router.get("/offline", response_class=HTMLResponse)
    def offline(request: Request) -> Response:
        sentence = "The chat cannot be reached just now. Calls and texts work without it."
        return frame.notice(request, "You are offline", sentence)

    @router.get("/offline.js")
    def keep_help() -> FileResponse:
        # Not under /public: it may answer only for addresses at and below its own.
        return FileResponse(STATIC / "offline.js", media_type="text/javascript")

    @router.get("/embed.js")
    def embed() -> FileResponse:
        # Gradio's own embedding script; its mounted app does not serve it under a stable name.
        script = Path(gr.__file__).parent / "templates" / "frontend" / "gradio.js"
        return FileResponse(script, media_type="text/javascript")

    return router


def shelf(frame: Frame, articles: Articles, earlier: Earlier) -> APIRouter:
    """The list of the articles, and each of them, with a passage marked where one is named."""
    router = APIRouter()

    @router.get("/articles", response_class=HTMLResponse)
    def all_of_them(request: Request) -> Response:
        return frame.page(request, "articles_page.html", articles=articles())

    @router.get("/article/{article_id}", response_class=HTMLResponse)
    def reading(
        request: Request, article_id: str, start: int = 0, end: int = 0, version: str = ""
    ) -> Response:
        newest = next((known for known in articles() if known.id == article_id), None)
        if newest is None:
            sentence = "There is no article at this address. It may have been withdrawn."
            return frame.notice(request, "Page not found", sentence, 404)
        updated = bool(version) and not newest.version.startswith(version)
        # An article that was withdrawn is not shown in any version.
        article = earlier(article_id, version) or newest if updated else newest
        gone = updated and article is newest
        found = 0 <= start < end <= len(article.text) and not gone
        return frame.page(
            request,
            "article_page.html",
            article=article,
            blocks=reading_blocks(article, start, end) if found else reading_blocks(article),
            newest=newest,
            gone=gone,
            jump=found,
        )

    return router


def health(articles: Articles, problem: Callable[[], QABotError | None]) -> APIRouter:
    """For those who run the chat: whether it answers."""
    router = APIRouter()

    @router.get("/healthz")
    def healthz() -> JSONResponse:
        try:
            count = len(articles())
        except QABotError as error:
            LOG.error("%s", error)
            return JSONResponse({"status": "no articles"}, 503)
        if problem():
            return JSONResponse({"status": "no answers", "articles": count}, 503)
        return JSONResponse({"status": "ok", "articles": count})

    return router
