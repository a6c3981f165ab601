from __future__ import annotations

import json

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from qa_bot.safety.help_lines import COOKIE, help_lines
from qa_bot.ui.admission import LARGEST, Admission, AdmissionMiddleware

LONG = "I want to die. " * 2_000


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_bot.ui.admission.PAUSE", 0.0)


def site(admission: Admission) -> TestClient:
    """A page that says back what was asked, behind its admission."""
    app = FastAPI()

    @app.post("/gradio_api/queue/join")
    async def join(request: Request) -> dict[str, object]:
        return {"asked": (await request.json())["data"][0]}

    @app.post("/gradio_api/call/v2/ask/")
    async def call(request: Request) -> None:
        """Another way to ask."""

    @app.post("/gradio_api/run/predict")
    async def clear() -> None:
        """Asks for nothing."""

    app.add_middleware(AdmissionMiddleware, admission=admission, lines=help_lines())
    return TestClient(app)


def join(client: TestClient, message: str) -> tuple[int, dict[str, str]]:
    response = client.post("/gradio_api/queue/join", json={"data": [message, None]})
    return response.status_code, response.json()


def test_who_comes_while_too_many_wait_is_told_so_with_the_way_to_help() -> None:
    admission = Admission(most=1)
    client = site(admission)
    assert join(client, "What is TMS?") == (200, {"asked": "What is TMS?"})
    status, said = join(client, "What is ECT?")
    assert status == 429
    assert said["detail"].startswith(
        "Many people are asking just now. Please try again in a minute."
    )
    assert "988" in said["detail"]
    client.cookies.set(COOKIE, "gb")
    assert "116123" in join(client, "What is ECT?")[1]["detail"]
    client.cookies.clear()
    with admission.passing():
        assert join(client, "What is ECT?")[0] == 429
    assert join(client, "What is ECT?")[0] == 200


def test_a_crisis_passes_always_whole_and_from_a_button_too() -> None:
    admission = Admission(most=0)
    client = site(admission)
    said = "I want to die. " + "It is all too much for me now. " * 20
    assert join(client, said) == (200, {"asked": said})
    tapped = {"data": [None], "event_data": {"question": "i want to kill myself"}}
    assert client.post("/gradio_api/queue/join", json=tapped).status_code == 200
    assert join(client, "What is TMS?")[0] == 429


def test_what_asks_nothing_is_not_counted_and_nonsense_is_turned_away() -> None:
    client = site(Admission(most=0))
    assert client.post("/gradio_api/run/predict", json={}).status_code == 200
    assert client.post("/gradio_api/call/v2/ask/", json={}).status_code == 429
    for body in (
        LONG.encode(),
        b"",
        b"{",
        b"[" * 50_000,
        b"\xff",
        json.dumps("x" * 200_000).encode(),
    ):
        assert client.post("/gradio_api/queue/join", content=body).status_code == 429


def test_what_is_refused_behind_the_door_does_not_keep_it_shut() -> None:
    app = FastAPI()

    @app.post("/gradio_api/queue/join")
    async def refused(body: list[int]) -> None:
        """Wants something else."""

    app.add_middleware(AdmissionMiddleware, admission=Admission(most=1), lines=help_lines())
    client = TestClient(app)
    for body in ({}, {"data": ["I want to die"]}) * 2:
        assert client.post("/gradio_api/queue/join", json=body).status_code == 422


def test_a_reader_who_left_counts_no_more_after_a_while() -> None:
    admission = Admission(most=1)
    assert admission.enter() and not admission.enter()
    admission._came[0] -= 3_600
    assert admission.enter()


def test_more_than_can_be_read_is_refused_at_once_with_the_way_to_help() -> None:
    client = site(Admission())
    status, said = join(client, "I want to know. " * (LARGEST // 16))
    assert status == 413 and "988" in said["detail"]
    assert join(client, "What is TMS?")[0] == 200
    unmeasured = client.post("/gradio_api/queue/join", content=iter([b"{}"]))
    assert unmeasured.status_code == 413
