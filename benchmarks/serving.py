"""The chat as its readers meet it: how soon its page is up, and what many of them at once do to it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import httpx

from benchmarks.measuring import ROOT, questions

CRISIS = "I want to die"
BARE = """
import gradio as gr
with gr.Blocks(analytics_enabled=False) as page:
    question, answer = gr.Textbox(), gr.HTML()
    gr.Button("Ask").click(lambda text: text, question, answer)
page.launch(server_name="127.0.0.1", server_port={port}, quiet=True, ssr_mode=False)
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A chat that is up. `seconds`: from its start until its page came."""

    url: str
    process: int
    seconds: float

    def memory(self) -> float:
        """What it holds in memory now, in MB."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line) / 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """One message and what came of it: "answered", "busy", "crisis" or "error"."""

    seconds: float
    outcome: str


@contextmanager
def served(index: Path | None) -> Iterator[Server]:
    """The chat on `index`; None: a bare Gradio page, to compare with."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["app.py"] if index else ["-c", BARE.format(port=port)]
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "QA_BOT_PORT": str(port)}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment | ({"QA_BOT_INDEX": str(index)} if index else {}),
        stdout=subprocess.DEVNULL,
        stderr=None if index else subprocess.DEVNULL,  # it complains of being stopped early
    )
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                with urlopen(url, timeout=60):
                    break
            except URLError:
                if process.poll() is not None:
                    raise RuntimeError("the chat did not start") from None
                time.sleep(0.02)
        yield Server(url, process.pid, time.perf_counter() - start)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


async def ask(client: httpx.AsyncClient, url: str, message: str, session: str = "") -> Asked:
    """Ask as the page of a reader does, within a session; the time until the answer is there."""
    start = time.perf_counter()
    try:
        body = {"data": [message, []], "session_hash": session or uuid4().hex}
        call = f"{url}/gradio_api/call/ask"
        taken = await client.post(call, json=body)
        if taken.status_code == 429:
            return Asked(time.perf_counter() - start, "busy")
        event = taken.json()["event_id"]
        said = (await client.get(f"{call}/{event}")).text
        lines = [line for line in said.splitlines() if line.startswith("data: ")]
        (answer,) = json.loads(lines[-1].removeprefix("data: "))
        outcome = "busy" if answer["problem"] else answer["outcome"]
        outcome = {"not_found": "answered"}.get(outcome, outcome)
    except (httpx.HTTPError, ValueError, KeyError, TypeError, IndexError):
        outcome = "error"
    return Asked(time.perf_counter() - start, outcome)


async def crowd(
    server: Server, readers: int, seconds: float, think: float, crises: float = 0.0
) -> list[Asked]:
    """What `readers` get who ask, wait about `think` seconds, and ask again, for so long.

    `crises`: the share of their messages that must bring help lines.
    """
    chance, asked, found = random.Random(5), questions(), list[Asked]()

    async def reader(client: httpx.AsyncClient) -> None:
        session = uuid4().hex
        await asyncio.sleep(chance.random() * think)
        while time.perf_counter() < until:
            message = CRISIS if chance.random() < crises else chance.choice(asked)
            found.append(await ask(client, server.url, message, session))
            await asyncio.sleep(think * (0.5 + chance.random()))

    async with AsyncExitStack() as open_clients:
        # One pool of connections for all would take longer to look through than the chat to answer.
        new = (httpx.AsyncClient(timeout=60, verify=False) for _ in range(readers))
        clients = [await open_clients.enter_async_context(client) for client in new]
        until = time.perf_counter() + seconds
        await asyncio.gather(*map(reader, clients))
    return found
