"""A real Chroma server on this machine, for as long as a `with` lasts."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

STARTS = 60  # seconds, on a busy machine


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(folder: Path, port: int) -> Iterator[str]:
    """`chroma run` over `folder`: its URL, once it answers."""
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(folder)]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + STARTS
        while True:
            assert process.poll() is None, "chroma run ended"
            try:
                httpx.get(f"{url}/api/v2/heartbeat")
                break
            except httpx.TransportError:
                assert time.monotonic() < until, "chroma run does not answer"
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
