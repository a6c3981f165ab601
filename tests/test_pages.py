"""The pages around the chat: help and headers on each, one clear sentence when something fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import urljoin

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa_bot.errors import NoIndexError, QABotError, WrongEncoderError
from qa_bot.records import Article
from qa_bot.safety.help_lines import help_lines, regions
from qa_bot.ui.chat_page import build_page
from qa_bot.ui.guard import HEADERS
from qa_bot.ui.rendering import quote_link
from qa_bot.ui.site import build_app
from tests.scripted import ARTICLES, ESKETAMINE, LINES, SIGGY, ScriptedBot

BROWSER = {"accept": "text/html,*/*"}


def site(**changes: object) -> FastAPI:
    bot = ScriptedBot()
    articles = changes.get("articles", bot.articles)
    earlier = changes.get("earlier", lambda *_: None)
    problem = changes.get("problem", lambda: None)
    chat = build_page(bot.ask, articles, LINES)  # type: ignore[arg-type]
    return build_app(chat, articles, LINES, earlier, problem=problem)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = site()

    @app.get("/defect")
    def defect() -> None:
        raise RuntimeError("secret")

    # The defect must come before Gradio's mount, which takes every address.
    app.router.routes.insert(0, app.router.routes.pop())
    yield TestClient(app, raise_server_exceptions=False, headers=BROWSER)


@pytest.mark.parametrize(
    "path", ["/", "/help", "/articles", "/offline", "/nowhere", "/article/none", "/defect"]
)
def test_every_page_offers_help_and_carries_the_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert f"tel:{LINES[0].call}" in answer.text
    assert "secret" not in answer.text
    assert HEADERS.items() <= dict(answer.headers).items()
    assert answer.status_code == {"/nowhere": 404, "/article/none": 404, "/defect": 500}.get(
        path, 200
    )


def test_the_help_page_has_the_lines_of_every_country_that_is_known(client: TestClient) -> None:
    page = client.get("/help").text
    assert 'aria-current="true">United States' in page
    for code, name in regions().items():
        assert code == "us" or f'href="help?region={code}">{name}<' in page
        theirs = client.get(f"/help?region={code}").text
        assert all(escape(line.name) in theirs for line in help_lines("", code))
        client.cookies.clear()
    assert client.get("/help?region=atlantis").text == page


def test_the_lines_of_the_country_that_a_reader_chose_lead_on_every_page(
    client: TestClient,
) -> None:
    british = escape(help_lines("", "gb")[0].name)
    pages = ("/", "/articles", "/help")
    assert not any(british in client.get(path).text for path in pages)
    client.get("/help?region=gb")
    client.get("/help?region=atlantis")  # changes nothing
    try:
        assert all(british in client.get(path).text for path in pages)
        assert 'aria-current="true">United Kingdom' in client.get("/help").text
        client.get("/help?region=us")
        assert not any(british in client.get(path).text for path in pages)
    finally:
        client.cookies.clear()


def test_programs_get_their_errors_as_data(client: TestClient) -> None:
    answer = client.get("/gradio_api/nowhere", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not Found"}


def test_no_inline_script_is_sent_or_allowed(client: TestClient) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'unsafe-eval';" in policy
    assert "<script>" not in page.text and "onclick" not in page.text


def test_an_article_page_marks_exactly_the_quote(client: TestClient) -> None:
    page = client.get("/" + quote_link(ESKETAMINE)).text
    assert f'<mark id="quote">{ESKETAMINE.text}</mark>' in page
    assert page.count("<mark") == 1


def test_a_version_that_is_no_longer_kept_marks_nothing_and_says_so(client: TestClient) -> None:
    page = client.get("/" + quote_link(ESKETAMINE).replace(SIGGY.version[:12], "0" * 12)).text
    assert "no longer kept" in page and "<mark" not in page


def test_an_article_that_was_withdrawn_is_not_shown_in_any_version() -> None:
    app = site(articles=lambda: ARTICLES[:1], earlier=lambda *_: SIGGY)
    answer = TestClient(app, headers=BROWSER).get("/" + quote_link(ESKETAMINE))
    assert answer.status_code == 404 and ESKETAMINE.text not in answer.text


@pytest.mark.parametrize(
    "place", ["start=-5&end=9", "start=9&end=9", "start=0&end=99999999", "start=9"]
)
def test_a_place_that_is_none_marks_nothing(client: TestClient, place: str) -> None:
    page = client.get(f"/article/{SIGGY.id}?{place}")
    assert page.status_code == 200 and "<mark" not in page.text


def test_a_page_in_the_pane_has_no_frame_and_lower_headings(client: TestClient) -> None:
    page = client.get(f"/article/{SIGGY.id}?pane=yes").text
    assert "<html" not in page and "<h1" not in page and "<h2" in page


def test_health_counts_the_articles(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "articles": len(ARTICLES)}


def test_when_the_index_goes_missing_pages_say_so_and_the_chat_still_opens() -> None:
    def articles() -> tuple[Article, ...]:
        raise NoIndexError("There is no index; run python ingest.py.")

    client = TestClient(site(articles=articles), headers=BROWSER)
    assert client.get("/").status_code == 200
    page = client.get("/articles")
    assert page.status_code == 503
    assert "There is no index" not in page.text and f"tel:{LINES[0].call}" in page.text
    assert client.get("/healthz").status_code == 503


def test_it_is_not_well_while_articles_can_be_read_but_no_question_answered() -> None:
    problem: list[QABotError] = []
    client = TestClient(site(problem=lambda: problem[-1] if problem else None))
    assert client.get("/healthz").status_code == 200
    problem.append(WrongEncoderError("Published with another encoder."))
    assert client.get("/healthz").status_code == 503


@pytest.mark.parametrize("path", ["/javascript:alert(1)//", "///evil.example/x"])
def test_an_address_that_is_none_is_no_link_to_elsewhere(client: TestClient, path: str) -> None:
    page = client.get(path, headers={"accept": "text/html"})
    skip = re.findall(r'class="skip" href="([^"]*)"', page.text)
    assert page.status_code == 404 and len(skip) == 1
    assert urljoin("http://testserver/", skip[0]).startswith("http://testserver/")
