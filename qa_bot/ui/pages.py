"""The web site around the chat: its frame, the plain pages, health, headers, and error pages.

Every page works without JavaScript and carries the help lines. What happens in the chat is `chat_page`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.answers import HelpLine
from qa_bot.errors import QABotError
from qa_bot.records import Article
from qa_bot.safety.help_lines import COOKIE, lines_for, region_in, regions
from qa_bot.ui.door import Door, DoorKeeper
from qa_bot.ui.reading_page import reading_blocks
from qa_bot.ui.rendering import STATIC, render

LOG = logging.getLogger(__name__)

# Gradio builds functions from text in the browser ('unsafe-eval') and styles elements directly;
# scripts from elsewhere, inline scripts and event handlers in markup are refused.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
}

A_YEAR = 365 * 24 * 60 * 60  # seconds

#: Events that Gradio holds at once. Those who ask while others wait are turned away sooner, by `door`.
MOST_EVENTS = 1_000

SYSTEM_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"]


def build_app(
    chat: gr.Blocks,
    articles: Callable[[], Sequence[Article]],
    lines: Sequence[HelpLine],
    earlier: Callable[[str, str], Article | None] = lambda article_id, version: None,
    mcp: Callable[[str, list[str]], dict[str, Any]] | None = None,
    door: Door | None = None,
    problem: Callable[[], QABotError | None] = lambda: None,
) -> FastAPI:
    """The whole site. `articles` is asked again for each page: what is published shows at once.

    `earlier` gives an article as it was, by its id and version; None where that is no longer kept.
    `door`: who may ask while many do; None: everybody.
    `problem` says why no question can be answered; None: it can.
    `mcp` answers programs that ask by the Model Context Protocol; None: they cannot.

    :raises SettingsError: `mcp` needs a package that is missing.
    """
    app = FastAPI(title="qa-bot", docs_url=None, redoc_url=None, openapi_url=None)

    def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        root = request.scope.get("root_path", "").rstrip("/") + "/"
        path = request.url.path.removeprefix(root)
        pane = request.query_params.get("pane") == "yes"
        shift = 1 if pane else 0
        values = {"lines": lines_for(region_in(request.cookies), lines), **values}
        html = render(template, root=root, path=path, pane=pane, shift=shift, **values)
        return HTMLResponse(html, status, headers={"cache-control": "no-cache"})

    @app.get("/", response_class=HTMLResponse)
    def front(request: Request) -> Response:
        return page(request, "chat.html")

    @app.get("/help", response_class=HTMLResponse)
    def help_now(request: Request, region: str = "") -> Response:
        known = regions()
        chooses = region in known
        region = region if chooses else region_in(request.cookies)
        near = lines_for(region, lines)
        region = region or near[0].region
        found = page(request, "help_page.html", lines=near, regions=known, region=region)
        if chooses:
            # A preference of the reader's browser; nothing of it is kept here.
            found.set_cookie(COOKIE, region, max_age=A_YEAR, samesite="lax", httponly=True)
        return found

    @app.get("/articles", response_class=HTMLResponse)
    def shelf(request: Request) -> Response:
        return page(request, "articles_page.html", articles=articles())

    @app.get("/article/{article_id}", response_class=HTMLResponse)
    def reading(
        request: Request, article_id: str, start: int = 0, end: int = 0, version: str = ""
    ) -> Response:
        article = next((known for known in articles() if known.id == article_id), None)
        if article is None:
            sentence = "There is no article at this address. It may have been withdrawn."
            return page(
                request, "error_page.html", 404, heading="Page not found", sentence=sentence
            )
        newest = article
        updated = bool(version) and not article.version.startswith(version)
        # An article that was withdrawn is not shown in any version.
        article = earlier(article_id, version) or newest if updated else newest
        gone = updated and article is newest
        found = 0 <= start < end <= len(article.text) and not gone
        return page(
            request,
            "article_page.html",
            article=article,
            blocks=reading_blocks(article, start, end) if found else reading_blocks(article),
            newest=newest,
            gone=gone,
            jump=found,
        )

    @app.get("/healthz")
    def health() -> JSONResponse:
        try:
            count = len(articles())
        except QABotError as error:
            LOG.error("%s", error)
            return JSONResponse({"status": "no articles"}, 503)
        if problem():
            return JSONResponse({"status": "no answers", "articles": count}, 503)
        return JSONResponse({"status": "ok", "articles": count})

    @app.get("/offline", response_class=HTMLResponse)
    def offline(request: Request) -> Response:
        return page(
            request,
            "error_page.html",
            heading="You are offline",
            sentence="The chat cannot be reached just now. Calls and texts work without it.",
        )

    @app.get("/offline.js")
    def keep_help() -> FileResponse:
        # Not under /public: it may answer only for addresses at and below its own.
        return FileResponse(STATIC / "offline.js", media_type="text/javascript")

    @app.get("/embed.js")
    def embed() -> FileResponse:
        # Gradio's own embedding script; its mounted app does not serve it under a stable name.
        script = Path(gr.__file__).parent / "templates" / "frontend" / "gradio.js"
        return FileResponse(script, media_type="text/javascript")

    @app.exception_handler(QABotError)
    def unreadable(request: Request, error: QABotError) -> Response:
        heading = "The articles cannot be read just now"
        LOG.error("%s", error)
        sentence = "Please try again later."
        return page(request, "error_page.html", 503, heading=heading, sentence=sentence)

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

    def error_page(scope: Scope, status: int) -> Response:
        request = Request(scope)
        if status in (404, 422):
            heading, sentence = "Page not found", "There is no page at this address."
        else:
            heading, sentence = (
                "Something went wrong",
                "The page could not be shown. Try again soon.",
            )
        return page(request, "error_page.html", status, heading=heading, sentence=sentence)

    if door:
        app.add_middleware(DoorKeeper, door=door, lines=lines)
    app.add_middleware(_Guard, error_page=error_page)
    return app


class _Guard:
    """Outermost: sets the headers, and makes a browser's 404 and 500 pages that offer help."""

    def __init__(self, app: ASGIApp, error_page: Callable[[Scope, int], Response]) -> None:
        self.app = app
        self.error_page = error_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        accepts = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
        replaced, started = 0, False

        async def guarded(message: Message) -> None:
            nonlocal replaced, started
            if message["type"] == "http.response.start":
                kind = dict(message["headers"]).get(b"content-type", b"")
                if (
                    message["status"] in (404, 422, 500)
                    and "text/html" in accepts
                    and b"html" not in kind
                ):
                    replaced = message["status"]
                    return
                message["headers"] = [*message["headers"], *_encoded(HEADERS)]
            if not replaced:
                started = True
                await send(message)

        try:
            await self.app(scope, receive, guarded)
        except Exception:
            if "text/html" not in accepts or replaced or started:
                raise
            replaced = 500
        if replaced:
            response = self.error_page(scope, replaced)
            response.headers.update(HEADERS)
            await response(scope, receive, send)


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
