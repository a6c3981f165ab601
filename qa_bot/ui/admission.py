"""Admission to the chat: while too many wait, messages are turned away before they cost anything.

A message that the rules take for a crisis always passes, unless it is too long to look at in passing.
Whoever is turned away is told so in a polite sentence, with the way to help now.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.answers import HelpLine, Level
from qa_bot.safety.escalating import screen_by_rules
from qa_bot.safety.help_lines import lines_for, region_in
from qa_bot.ui.concurrency import AT_ONCE, BUSY, WAITING

MOST = AT_ONCE + WAITING  # messages between their arrival and their answer
FORGOTTEN = 20.0  # seconds; then a message no longer counts: its reader may have left
LARGEST = 1_000_000  # bytes of a message that is let in at all
MOST_BYTES = 20_000  # of a message that is looked into: some 40 ms
PAUSE = 1.0  # seconds before somebody is turned away, so that programs ask again less often
ASKING = ("/queue/join", "/call/ask", "/call/v2/ask")  # where Gradio takes messages
TOO_LARGE = "That is too much to read at once; please ask in a few sentences."
SAYS_NOTHING = "session_hash"  # beside a message, and as long to read


class Admission:
    """Counts the messages that came and were not answered yet."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._came: deque[float] = deque()
        self._lock = Lock()

    @contextmanager
    def passing(self) -> Iterator[None]:
        """To be entered for each message that came; at the end one less waits, whatever came of it."""
        try:
            yield
        finally:
            self.leave()

    def leave(self) -> None:
        """Count one message less."""
        with self._lock:
            if self._came:
                self._came.popleft()

    def enter(self, *, anyway: bool = False) -> bool:
        """Count one more message; False, and not counted, where that would be too many."""
        now = time.monotonic()
        with self._lock:
            while self._came and now - self._came[0] > FORGOTTEN:
                self._came.popleft()
            if len(self._came) >= self._most and not anyway:
                return False
            self._came.append(now)
            return True


class AdmissionMiddleware:
    """Asks `admission` for each message that comes by HTTP. `lines`: the help of the chat, for those
    who chose no country."""

    def __init__(self, app: ASGIApp, admission: Admission, lines: Sequence[HelpLine]) -> None:
        self.app = app
        self.admission = admission
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["method"] == "POST"
        if not asks or not scope["path"].rstrip("/").endswith(ASKING):
            await self.app(scope, receive, send)
            return
        if _length(scope) > LARGEST:
            await self._refuse(TOO_LARGE, 413, scope, receive, send)
            return
        if self.admission.enter():
            await self.app(scope, receive, self._watched(send))
            return
        body, more = b"", True
        while more and len(body) <= MOST_BYTES:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        # Not in a thread: waiting for its turn there would take longer than the look.
        if more or len(body) > MOST_BYTES or not _is_crisis(body):
            await asyncio.sleep(PAUSE)
            # Not 503, for which the page has a sentence of its own, without the way to help.
            await self._refuse(BUSY, 429, scope, receive, send)
            return
        self.admission.enter(anyway=True)
        read = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Message:
            return next(read, None) or await receive()

        await self.app(scope, again, self._watched(send))

    async def _refuse(
        self, why: str, status: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        nearest = lines_for(region_in(HTTPConnection(scope).cookies), self._lines)
        said = f"{why} {_help(nearest[0])}" if nearest else why
        await JSONResponse({"detail": said}, status)(scope, receive, send)

    def _watched(self, send: Send) -> Send:
        """`send`, which stops counting a message once the app has refused it."""

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                self.admission.leave()
            await send(message)

        return watched


def _length(scope: Scope) -> float:
    """The bytes announced; without end where they are not."""
    announced = dict(scope["headers"]).get(b"content-length", b"")
    return int(announced) if announced.isdigit() else math.inf


def _is_crisis(body: bytes) -> bool:
    """Whether anything said in it is a crisis by the rules; what cannot be read is none."""
    try:
        found = (screen_by_rules(said) for said in _texts(json.loads(body)))
        return any(one is not None and one.level is Level.CRISIS for one in found)
    except (ValueError, RecursionError):
        return False


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key != SAYS_NOTHING:
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _help(line: HelpLine) -> str:
    return f"If you need help now: {' or '.join(line.ways)} ({line.name})."
