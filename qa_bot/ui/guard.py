"""The outermost layer of the web site: security headers on all that is sent, and, for browsers, pages
that offer help in the place of bare errors.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class Guard:
    """Sets the headers, and replaces what a browser would get of 404, 422 and 500 by `error_page`."""

    def __init__(self, app: ASGIApp, error_page: Callable[[Scope, int], Response]) -> None:
        self.app = app
        self._error_page = error_page

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
            response = self._error_page(scope, replaced)
            response.headers.update(HEADERS)
            await response(scope, receive, send)


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
