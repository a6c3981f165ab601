"""A server with a script that speaks the OpenAI protocol on loopback, for the real client to talk to."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Asked = dict[str, Any]  # {"question": …, "sentences": [{"number": …, "text": …}, …]}
Reply = Callable[["Call"], None]


@dataclass
class Call:
    """One request: its body, what the client asked with it, and the connection to answer on."""

    request: dict[str, Any]
    handler: BaseHTTPRequestHandler
    headers: dict[str, str]

    @property
    def asked(self) -> Asked:
        """The data that the model was given."""
        found: Asked = json.loads(self.request["messages"][-1]["content"])
        return found

    def send(
        self, body: bytes, status: int = 200, length: int | None = None, **headers: str
    ) -> None:
        """Answer with `body`; `length` is what the header says, if not the truth."""
        self.handler.send_response(status)
        self.handler.send_header("content-type", "application/json")
        self.handler.send_header("content-length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(body)


@dataclass
class LanguageModel:
    """Where the server is, what it answers, and what it was asked."""

    url: str
    reply: Reply
    calls: list[Call] = field(default_factory=list)
    requests: int = 0  # of any kind


def completion(content: str, finish: str = "stop") -> bytes:
    """The body of an answer whose text is `content`."""
    message = {"role": "assistant", "content": content}
    return json.dumps(
        {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "scripted",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 300, "completion_tokens": 40, "total_tokens": 340},
        }
    ).encode()


def draft(*statements: tuple[str, list[int]], in_sentences: bool = True) -> str:
    """What a model that keeps to the form writes."""
    written = [{"text": text, "sentences": numbers} for text, numbers in statements]
    return json.dumps({"in_sentences": in_sentences, "statements": written})


def says(*statements: tuple[str, list[int]], finish: str = "stop") -> Reply:
    """Answer with these statements, whatever is asked."""
    return lambda call: call.send(completion(draft(*statements), finish))


def writes(content: str) -> Reply:
    """Answer with this text."""
    return lambda call: call.send(completion(content))


def repeats(call: Call) -> None:
    """An honest model: says the first sentence that it is given, in its own words."""
    call.send(completion(draft((plain(call.asked["sentences"][0]["text"]), [1]))))


def plain(sentence: str) -> str:
    """A sentence without what no statement may have: markers and quotation marks."""
    return re.sub(r"\[\d+\]|[“”\"]", "", sentence).strip()


def fails(status: int, times: int = 10_000, then: Reply = repeats, **headers: str) -> Reply:
    """Answer with an error so many times, then as `then` does."""
    left = [times]

    def reply(call: Call) -> None:
        left[0] -= 1
        if left[0] < 0:
            then(call)
        else:
            call.send(b'{"error": {"message": "no"}}', status, **headers)

    return reply


def slow(seconds: float) -> Reply:
    """Answer after a while."""

    def reply(call: Call) -> None:
        time.sleep(seconds)
        repeats(call)

    return reply


def endless(call: Call) -> None:
    """Begin an answer and never stop writing it."""
    call.send(completion("x")[:-40], length=10**12)
    while True:
        call.handler.wfile.write(b"x" * 1_000)
        time.sleep(0.001)


def cut(call: Call) -> None:
    """Begin an answer, then close the connection."""
    whole = completion(draft(("TMS does not require anesthesia.", [1])))
    call.send(whole[: len(whole) // 2], length=len(whole))
    call.handler.close_connection = True


@contextmanager
def language_model(reply: Reply = repeats) -> Iterator[LanguageModel]:
    """Serve on a free port of this machine while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            model.requests += 1
            size = int(self.headers.get("content-length", 0))
            body = self.rfile.read(size)
            if not self.path.endswith("/chat/completions"):
                self.send_error(404)
                return
            call = Call(json.loads(body), self, dict(self.headers))
            model.calls.append(call)
            try:
                model.reply(call)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client has gone, as it may

        def do_GET(self) -> None:
            model.requests += 1
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model = LanguageModel(f"http://127.0.0.1:{server.server_port}/v1", reply)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
