"""The page in a real browser: all states, both widths, light and dark; mouse, thumb and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from qa_bot.chat import LONGEST_QUESTION
from qa_bot.safety.help_lines import help_lines
from qa_bot.ui import conversation
from qa_bot.ui.chat_page import build_page
from qa_bot.ui.conversation import STOPPED
from qa_bot.ui.rendering import harmless, quote_link
from qa_bot.ui.site import build_app
from qa_bot.ui.starters import starters
from tests.scripted import (
    ARTICLES,
    BROWSER_ARGUMENTS,
    HOSTILE,
    LINES,
    SCRIPT,
    SIGGY,
    TOO_LONG,
    ScriptedBot,
    chromium,
    serving,
)

expect.set_options(timeout=20_000)  # other tests run beside these

pytestmark = pytest.mark.slow

STARTERS = starters(ARTICLES)
EARLIER = replace(SIGGY, title="As it was", version="0123456789ab")
WIDTHS = {"desktop": (1280, 860), "phone": (390, 844)}
STATES = {
    "start": (),
    "one article": ("one",),
    "both articles": ("both",),
    "understood": ("lay",),
    "in short": ("short",),
    "not found": ("cost",),
    "concern": ("ECT",),
    "crisis": ("die",),
    "overdose": ("overdose",),
    "after a crisis": ("one", "die", "still"),
    "problem": ("emoji",),
    "defect": ("break",),
    "index gone": ("index",),
    "too long": ("many words " * 250,),
    "hostile": (f"<script> {HOSTILE}",),
    "editing": ("one",),
    "article open": ("both",),
    "waiting": ("slow",),
}
PLAIN = ("help", "articles", quote_link(SCRIPT["one"].quotes[0]), "nowhere")

# What Gradio itself leaves behind is listed here, with the reason; so far nothing.
NOT_OURS: frozenset[str] = frozenset()


# Run in the browser.
SMALL_TARGETS = """
all => all.map(one => [one.textContent.trim(), one.getBoundingClientRect().height])
  .filter(([, height]) => height < 43.5).map(([text, height]) => `${text} ${height}`)
"""
BEYOND_THE_EDGES = """
() => [document.documentElement, ...document.querySelectorAll("a, button, textarea, .reader-body")]
  .filter((one) => one.checkVisibility() && !one.matches(".skip"))
  .filter((one) => one.scrollWidth > innerWidth || one.getBoundingClientRect().right > innerWidth)
  .map((one) => one.outerHTML.slice(0, 80))
"""
LISTEN = """
() => {
  window.said = [];
  for (const id of ["said-status", "said-alert"]) {
    const region = document.getElementById(id);
    const hear = () => { if (region.textContent) window.said.push(region.textContent); };
    new MutationObserver(hear).observe(
      region, {childList: true, characterData: true, subtree: true});
  }
}
"""
ON_TOP_OF_THE_BOX = """
() => {
  const box = document.querySelector("#question textarea").getBoundingClientRect();
  return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).tagName;
}
"""
MEASURE_SHIFT = """
() => {
  window.shift = 0;
  const add = (one) => { if (!one.hadRecentInput) window.shift += one.value; };
  new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({type: "layout-shift"});
}
"""


@pytest.fixture(scope="module")
def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture(scope="module")
def address(bot: ScriptedBot) -> Iterator[str]:
    chat = build_page(bot.ask, bot.articles, LINES)
    with serving(build_app(chat, bot.articles, LINES, lambda *_: EARLIER)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=list(BROWSER_ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def contexts() -> dict[str, BrowserContext]:
    """Browsers to visit in, by how they are set up; what one has loaded it need not load again."""
    return {}


@pytest.fixture
def visit(
    browser: Browser, address: str, contexts: dict[str, BrowserContext]
) -> Iterator[Callable[..., Page]]:
    """Opens a page in a new tab; every visitor's errors and requests are looked at."""
    pages = []
    seen: list[str] = []
    errors: list[str] = []

    def open_page(path: str = "", width: str = "desktop", **options: Any) -> Page:
        size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
        options = {"viewport": size, "reduced_motion": "reduce", **options}
        kind = repr(sorted(options.items()))
        if kind not in contexts:
            contexts[kind] = browser.new_context(**options)
        page = contexts[kind].new_page()
        pages.append(page)
        page.set_default_timeout(15_000)
        page.on("request", lambda request: seen.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        if not path and options.get("java_script_enabled", True):
            page.locator(".welcome").wait_for()
        return page

    yield open_page
    for page in pages:
        page.close()
    hosts = {
        urlsplit(url).netloc for url in seen if urlsplit(url).scheme in ("http", "https", "ws")
    }
    assert hosts <= {urlsplit(address).netloc}, "requests left this machine"
    assert not errors


def say(page: Page, *messages: str) -> None:
    """Ask in the chat, one after the other, and wait for each answer."""
    box = page.get_by_label("Your question")
    for message in messages:
        turns = page.locator(".turn").count()
        box.fill(message)
        box.press("Enter")
        newest = page.locator(f".turn:not([data-announce='']) >> nth={turns}")
        newest.wait_for()


AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
RUN_AXE = """
(rules) => axe.run(document, {resultTypes: ["violations"], ...rules}).then((found) =>
  found.violations.flatMap((one) => one.nodes.map((node) =>
    [one.id, `${one.impact} ${one.id}: ${node.html.slice(0, 120)}`])))
"""
ONLY_COLORS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def violations(page: Page) -> list[str]:
    """What axe-core finds in light, and what colors alone add in dark."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    found = page.evaluate(RUN_AXE, {})
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(RUN_AXE, ONLY_COLORS)
    page.emulate_media(color_scheme="light")
    return [what for rule, what in found if rule not in NOT_OURS]


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways, and no control lies beyond an edge."""
    return page.evaluate(BEYOND_THE_EDGES) == []


def enter(page: Page, state: str, bot: ScriptedBot) -> None:
    """Bring a chat, whatever it showed before, into a state."""
    if page.locator(".turn").count():
        page.get_by_role("button", name="Clear chat").click()
        page.locator(".welcome").wait_for()
    if state == "waiting":
        bot.seconds = 30.0
        page.get_by_label("Your question").fill("one")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Stop").wait_for()
        return
    say(page, *STATES[state])
    if state == "editing":
        page.get_by_role("button", name="Edit question").click()
    elif state == "article open":
        page.locator(".open-link").first.click()
        page.locator("#reader mark").first.wait_for()
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")


def test_every_state_is_accessible_and_fits(visit: Callable[..., Page], bot: ScriptedBot) -> None:
    page = visit(color_scheme="light")
    small = "a:visible, button:visible, summary:visible, textarea:visible"
    for state in STATES:
        enter(page, state, bot)
        for width, (across, down) in WIDTHS.items():
            page.set_viewport_size({"width": across, "height": down})
            assert violations(page) == [], (state, width)
            assert fits(page), (state, width)
        assert page.locator(small).evaluate_all(SMALL_TARGETS) == [], state
        # The narrowest phone; a window at 200 %; letters at 200 %.
        for size in ({"width": 320, "height": 640}, {"width": 640, "height": 430}):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert fits(page), (state, size)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        for across, down in WIDTHS.values():
            page.set_viewport_size({"width": across, "height": down})
            assert fits(page), (state, across)
        page.evaluate("document.documentElement.style.fontSize = ''")
        assert page.locator("h1").count() == 1
        if state == "article open":
            page.keyboard.press("Escape")
    bot.release()


@pytest.mark.parametrize("path", PLAIN)
def test_every_other_page_is_accessible_and_fits(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, color_scheme="light")
    for size in ({"width": 1280, "height": 860}, {"width": 320, "height": 640}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert violations(page) == []
        assert fits(page)


def test_a_starter_asks_and_a_related_question_goes_on(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit()
    page.get_by_role("button", name=STARTERS[1]).click()
    page.locator("#turn-1:not([data-announce=''])").wait_for()
    assert bot.asked[-1] == (STARTERS[1], ())
    say(page, "cost")
    page.get_by_role("button", name=SCRIPT["cost"].related[0]).last.click()
    page.locator("#turn-3:not([data-announce=''])").wait_for()
    assert bot.asked[-1] == (SCRIPT["cost"].related[0], (STARTERS[1], "cost"))


def test_an_answer_is_announced_once_and_whole(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate(LISTEN)
    say(page, "both")
    page.wait_for_timeout(300)
    assert page.evaluate("window.said") == ["Answer ready: 4 quotes from 2 articles."]
    expect(page.locator("body")).to_match_aria_snapshot(
        "- status: 'Answer ready: 4 quotes from 2 articles.'"
    )
    say(page, "die")
    page.wait_for_timeout(300)
    assert page.evaluate("window.said")[1:] == ["Crisis support is available. Call or text 9 8 8."]


def test_the_crisis_panel_is_in_view_and_leaves_focus_and_input_alone(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        say(page, "one", "die " + "and no end " * 150 if width == "phone" else "die")
        call = page.locator(".panel.crisis a[href^='tel:']").first
        expect(call).to_be_in_viewport()
        expect(page.get_by_label("Your question")).to_be_focused()
        expect(page.get_by_label("Your question")).to_be_in_viewport()
        covering = page.evaluate(ON_TOP_OF_THE_BOX)
        assert covering == "TEXTAREA"
        assert page.locator(".turn").last.locator("blockquote").count() == 0


def test_after_a_crisis_the_help_bar_stays_for_the_tab_and_keeps_no_words(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    expect(page.locator("#help-bar")).to_be_hidden()
    say(page, "die", "still")
    expect(page.locator("#help-bar")).to_be_in_viewport()
    assert page.locator("#turn-1 .panel.crisis").count() == 1
    assert page.locator("#turn-2 .panel").count() == 0
    page.reload()
    expect(page.locator("#help-bar")).to_be_visible()
    stored = page.evaluate("({...localStorage, ...sessionStorage})")
    assert stored == {"help-bar-due": "yes"}


def test_the_country_chosen_on_the_help_page_leads_in_the_chat(
    visit: Callable[..., Page], address: str
) -> None:
    line = help_lines("", "gb")[0]
    page = visit("help", locale="en-GB")
    page.get_by_role("link", name="United Kingdom").click()
    page.goto(address)
    page.locator(".welcome").wait_for()
    expect(page.locator(".help-strip")).to_contain_text(line.call)
    say(page, "die")
    panel = page.locator("#turn-1 .panel.crisis")
    expect(panel).to_contain_text(line.name)
    assert "988" not in panel.inner_text()
    page.get_by_role("button", name="Clear chat").click()
    page.locator(".welcome").wait_for()
    expect(page.locator(".help-strip")).to_contain_text(line.call)


def test_a_country_chosen_beside_the_chat_leads_at_once(
    visit: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "TWICE", 0.0)  # the same is said again at once
    line = help_lines("", "ie")[0]
    page = visit(locale="en-IE")
    say(page, "die")
    page.locator("#turn-1 .panel-foot a").click()
    page.locator("#reader").get_by_role("link", name="Ireland").click()
    for place in (".help-strip", "#help-bar", ".reader-top", "footer.bottom"):
        expect(page.locator(place)).to_contain_text(line.call)
    page.get_by_role("button", name="Close the reading pane").click()
    say(page, "die")
    expect(page.locator("#turn-2 .panel.crisis")).to_contain_text(line.name)


def test_clearing_the_chat_forgets_it_but_not_the_help_bar(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit()
    say(page, "die")
    page.get_by_role("button", name="Clear chat").click()
    page.locator(".welcome").wait_for()
    expect(page.locator("#help-bar")).to_be_visible()
    say(page, "one")
    assert bot.asked[-1] == ("one", ())


def test_two_visitors_never_see_each_other(visit: Callable[..., Page], bot: ScriptedBot) -> None:
    first, second = visit(), visit(width="phone")
    say(first, "one for me")
    assert second.locator(".turn").count() == 0
    say(second, "cost for you")
    assert bot.asked[-1] == ("cost for you", ())
    assert "for you" not in first.content()


def test_the_question_box_counts_near_the_limit_and_sends_what_is_meant_to_be_sent(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit()
    box = page.get_by_label("Your question")
    box.fill("x" * (LONGEST_QUESTION - 100))
    expect(page.locator("#counter")).to_have_text("100 characters left")
    box.fill("x" * (LONGEST_QUESTION + 1))
    expect(page.locator("#counter")).to_have_text("1 characters too long")
    before = len(bot.asked)
    box.fill("   ")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#note")).to_have_text("Type a question first.")
    expect(page.locator("#counter")).to_have_text("")
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    assert box.input_value() == "one\ntwo"
    assert len(bot.asked) == before


def test_articles_stand_side_by_side_where_there_is_room(visit: Callable[..., Page]) -> None:
    page = visit()
    say(page, "both")
    expect(page.locator(".differences li")).to_have_count(1)
    for width, beside in (("desktop", True), ("phone", False)):
        across, down = WIDTHS[width]
        page.set_viewport_size({"width": across, "height": down})
        boxes = [group.bounding_box() for group in page.locator(".group").all()]
        assert len({box["y"] for box in boxes if box}) == (1 if beside else 2)


def test_hostile_words_stay_words(visit: Callable[..., Page]) -> None:
    page = visit()
    say(page, f"<script> {HOSTILE}")
    expect(page.locator("#turn-1 .missing")).to_have_text(harmless(HOSTILE), use_inner_text=False)
    assert (
        page.locator("#conversation :is(script, img, style, iframe, form:not(.edit))").count() == 0
    )
    assert page.title() == "Ask the articles"


def test_opened_sources_stay_open_when_the_next_answer_comes(visit: Callable[..., Page]) -> None:
    page = visit()
    say(page, "one")
    page.locator("#turn-1 .sources summary").first.click()
    say(page, "cost")
    expect(page.locator("#turn-1 .sources li").first).to_be_visible()


def test_a_keyboard_alone_asks_opens_the_second_quote_and_comes_back(
    visit: Callable[..., Page],
) -> None:
    for width in WIDTHS:
        page = visit(width=width)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the chat")).to_be_focused()
        say(page, "one")
        target = page.get_by_role("link", name="Open in article: quote 2")
        for _ in range(12):
            page.keyboard.press("Shift+Tab")
            if target.evaluate("one => one === document.activeElement"):
                break
        expect(target).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#reader mark").first).to_be_in_viewport()
        assert page.locator("#reader mark").all_inner_texts() == [SCRIPT["one"].quotes[1].text]
        expect(page.locator("#reader mark").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#reader")).to_be_hidden()
        expect(target).to_be_focused()
        assert page.locator(".turn").count() == 1


def test_the_back_button_closes_the_reading_pane_and_keeps_the_chat(
    visit: Callable[..., Page],
) -> None:
    page = visit(width="phone")
    say(page, "cost")
    page.locator(".nearest a").first.click()
    expect(page.locator("#reader h3").filter(has_text="Esketamine (Spravato)")).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#reader")).to_be_hidden()
    assert page.locator(".turn").count() == 1


def test_help_and_articles_open_beside_the_chat_too(visit: Callable[..., Page]) -> None:
    page = visit()
    say(page, "one")
    page.get_by_role("link", name="Articles").click()
    page.locator("#reader").get_by_role("link", name="When SSRIs").click()
    expect(page.locator("#reader .page-title")).to_contain_text("When SSRIs")
    page.get_by_role("button", name="Close the reading pane").click()
    page.get_by_role("link", name="Need help now?").first.click()
    expect(page.locator("#reader .page-title")).to_have_text("Help right now")
    assert page.locator(".turn").count() == 1


def test_a_quotes_link_works_in_another_browser(visit: Callable[..., Page]) -> None:
    quote = SCRIPT["one"].quotes[0]
    page = visit(quote_link(quote), width="phone")
    expect(page.locator("mark").first).to_be_in_viewport()
    assert page.locator("mark").all_inner_texts() == [quote.text]


def test_a_link_to_an_older_version_opens_it_and_leads_to_the_newer_one(
    visit: Callable[..., Page],
) -> None:
    quote = SCRIPT["one"].quotes[0]
    old = quote_link(quote).replace(quote.article.version[:12], EARLIER.version)
    page = visit(old, width="phone")
    expect(page.locator("mark").first).to_be_in_viewport()
    expect(page.locator(".notice")).to_contain_text("earlier version")
    assert violations(page) == []
    page.get_by_role("link", name="Read the newer version").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(quote.article.title)
    assert page.locator(".notice").count() == 0


def test_the_copied_answer_says_who_is_quoted(visit: Callable[..., Page], address: str) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    say(page, "one")
    page.get_by_role("button", name="Copy answer with citations").click()
    expect(page.locator("#said-status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    for part in (
        SCRIPT["one"].quotes[0].text,
        "SiggyMD › Esketamine (Spravato)",
        "Reviewed by Daniel Montville, MD, Psychiatrist",
        address + quote_link(SCRIPT["one"].quotes[0]),
    ):
        assert part in copied


def test_without_javascript_help_and_articles_are_there(
    visit: Callable[..., Page], address: str
) -> None:
    page = visit(java_script_enabled=False)
    for line in LINES:
        expect(page.get_by_text(line.name, exact=True).first).to_be_visible()
    page.get_by_role("link", name="Need help now?").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Help right now")
    page.goto(address + "articles")
    page.get_by_role("link", name="Beyond Standard Antidepressants").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Beyond Standard")


def test_when_the_server_is_gone_every_page_is_the_help_lines(browser: Browser) -> None:
    bot = ScriptedBot()
    with serving(build_app(build_page(bot.ask, bot.articles, LINES), bot.articles, LINES)) as gone:
        page = browser.new_context().new_page()
        page.goto(gone)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for path in ("", "articles"):
        page.goto(gone + path)
        expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
        expect(page.locator(f"main a[href='tel:{LINES[0].call}']")).to_be_visible()
        assert violations(page) == []
    page.context.close()


def test_the_page_does_not_jump_when_an_answer_arrives(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit(width="phone")
    say(page, "one")
    page.evaluate(MEASURE_SHIFT)
    bot.seconds = 0.8  # what moves within half a second of a key press does not count
    say(page, "both")
    bot.release()
    page.wait_for_timeout(300)
    assert page.evaluate("window.shift") < 0.1


def test_the_last_question_can_be_edited_in_its_place(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit()
    say(page, "one", "cost of it")
    page.get_by_role("button", name="Edit question").click()
    box = page.get_by_label("Edit what you asked")
    expect(box).to_be_focused()
    expect(box).to_have_value("cost of it")
    box.press("Escape")
    expect(page.get_by_role("button", name="Edit question")).to_be_focused()
    page.keyboard.press("Enter")
    box.press_sequentially(" all")
    box.press("Enter")
    page.locator("#turn-3:not([data-announce=''])").wait_for()
    assert bot.asked[-1] == ("cost of it all", ("one",))
    assert page.locator(".turn").count() == 2
    expect(page.locator("#turn-3 .question")).to_be_focused()


def test_what_failed_can_be_tried_again_and_what_is_too_long_shortened(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit()
    say(page, "index")
    page.get_by_role("button", name="Try again").click()
    page.locator("#turn-2:not([data-announce=''])").wait_for()
    assert [message for message, _ in bot.asked[-2:]] == ["index", "index"]
    assert page.locator(".turn").count() == 2  # what brought up help lines stays
    say(page, "x" * (LONGEST_QUESTION + 1))
    expect(page.locator("#turn-3 .problem")).to_contain_text(TOO_LONG)
    expect(page.get_by_label("Your question")).to_have_value("x" * (LONGEST_QUESTION + 1))


def test_an_answer_can_be_stopped_and_asked_for_again(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit()
    page.evaluate(LISTEN)
    bot.seconds = 30.0
    page.get_by_label("Your question").fill("one")
    page.get_by_role("button", name="Ask", exact=True).press("Enter")
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_focused()
    expect(page.locator("#turn-1 .pending")).to_be_visible()
    stop.press("Enter")
    expect(page.locator("#turn-1 .problem")).to_contain_text("Stopped.")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_focused()
    bot.release()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#turn-2 blockquote").first).to_be_visible()
    assert page.locator(".turn").count() == 1
    assert page.evaluate("window.said") == [
        "Looking in the articles.",
        STOPPED,
        "Answer ready: 2 quotes from 1 article.",
    ]


def test_who_needs_help_now_need_not_wait_for_an_earlier_answer(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit(width="phone")
    box = page.get_by_label("Your question")
    bot.seconds = 30.0
    box.fill("one")
    box.press("Enter")
    expect(box).to_have_value("")
    page.locator("#turn-1 .pending").wait_for()
    bot.seconds = 0.0
    box.fill("die")
    box.press("Enter")
    expect(page.locator("#turn-2 .panel.crisis")).to_be_in_viewport()
    bot.release()
    expect(page.locator("#turn-1 blockquote").first).to_be_visible()
    expect(page.locator("#turn-2 .panel.crisis")).to_be_in_viewport()


def test_a_redraw_leaves_the_focus_where_it_was(visit: Callable[..., Page]) -> None:
    page = visit()
    page.get_by_role("button", name=STARTERS[1]).press("Enter")
    expect(page.locator("#turn-1 .question")).to_be_focused()
    say(page, "one")
    page.get_by_role("button", name="Clear chat").press("Enter")
    expect(page.locator("#welcome-title")).to_be_focused()


def test_who_asks_before_the_page_has_loaded_whole_keeps_the_answer(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    held: list[Route] = []
    page.route("**/gradio_api/run/**", lambda route: held.append(route), times=1)
    page.reload()
    page.locator(".welcome").wait_for()
    say(page, "one")
    with page.expect_response("**/gradio_api/run/**") as late:
        held[0].continue_()
    late.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert page.locator(".turn").count() == 1


def test_a_question_that_does_not_get_through_is_sent_again_and_help_stays_in_view(
    visit: Callable[..., Page],
) -> None:
    page = visit(width="phone")
    say(page, "one")
    page.route("**/gradio_api/queue/join**", lambda route: route.abort(), times=1)
    page.get_by_label("Your question").fill("cost")
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_have_text("No connection. Trying again …")
    expect(page.locator("#help-bar a[href^='tel:']")).to_be_in_viewport()
    expect(page.locator(".turn").last).to_contain_text("Not in these articles")
    expect(page.locator("#note")).to_have_text("")
    assert page.locator(".turn").count() == 2


def test_on_a_slow_line_a_question_is_said_to_be_on_its_way(visit: Callable[..., Page]) -> None:
    page = visit(width="phone")
    held: list[Route] = []
    page.route("**/gradio_api/queue/join**", lambda route: held.append(route), times=1)
    page.get_by_label("Your question").fill("cost")
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_have_text("Sending …")
    assert violations(page) == []
    held[0].continue_()
    expect(page.locator(".turn").last).to_contain_text("Not in these articles")
    expect(page.locator("#note")).to_have_text("")


def test_errors_of_gradios_own_are_said_beside_the_box(visit: Callable[..., Page]) -> None:
    page = visit(width="phone")
    for lost in ("queue/data", "app_id"):
        page.route(f"**/gradio_api/{lost}**", lambda route: route.abort())
    page.get_by_label("Your question").fill("cost")
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_contain_text("Connection to the server was lost")
    expect(page.locator("#note")).to_be_in_viewport()
    expect(page.get_by_label("Your question")).to_have_value("cost")
    assert violations(page) == []


def test_a_printed_chat_shows_answers_and_sources_and_no_controls(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    say(page, "one", "die")
    page.emulate_media(media="print")
    expect(page.locator("#turn-1 .sources li").first).to_be_visible()
    expect(page.locator(".panel .big-way").first).to_be_visible()
    assert page.locator("button:visible, textarea:visible, summary:visible").count() == 0
    order = [page.locator(one).bounding_box() for one in ("#turn-1", "#turn-2", ".bottom")]
    assert all(a and b and a["y"] + a["height"] <= b["y"] for a, b in pairwise(order))


def test_the_first_paint_comes_before_a_bare_gradio_pages(browser: Browser, address: str) -> None:
    def first_paint(url: str) -> float:
        page = browser.new_page()
        page.goto(url)
        page.get_by_role("textbox").wait_for()
        paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        milliseconds = float(page.evaluate(paint))
        page.close()
        return milliseconds

    with gr.Blocks(analytics_enabled=False) as bare:
        gr.Textbox()
    plain = gr.mount_gradio_app(FastAPI(), bare, "/", run_history=False, ssr_mode=False)
    with serving(plain) as other:
        ours, theirs = (min(first_paint(url) for _ in range(2)) for url in (address, other))
    assert ours < 1.5 * theirs, (ours, theirs)


def test_the_same_sent_twice_leaves_the_conversation_as_it_is(visit: Callable[..., Page]) -> None:
    page = visit(width="phone")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    say(page, "die")
    for _ in range(2):
        page.get_by_label("Your question").fill("die")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Your question")).to_have_value("")
        expect(page.locator("#turn-1 .panel.crisis")).to_be_visible()
    page.wait_for_timeout(1_000)
    expect(page.locator("#note")).to_have_text("")
    assert errors == []


def test_an_emptied_edit_leaves_the_conversation_as_it_is(visit: Callable[..., Page]) -> None:
    page = visit()
    say(page, "one")
    page.get_by_role("button", name="Edit question").click()
    page.locator(".edit textarea").fill(" ")
    page.get_by_role("button", name="Ask again").click()
    page.wait_for_timeout(500)
    expect(page.locator("#turn-1 blockquote").first).to_be_visible()


def test_a_lost_connection_takes_neither_the_chat_nor_the_unsent_message(
    visit: Callable[..., Page],
) -> None:
    page = visit(width="phone")
    say(page, "one")
    page.context.set_offline(True)
    box = page.get_by_label("Your question")
    box.fill("cost")
    box.press("Enter")
    expect(page.locator("#note")).to_have_text("No connection. Trying again …")
    expect(page.locator("#help-bar a[href^='tel:']")).to_be_in_viewport()
    page.wait_for_timeout(6_000)  # a while
    expect(box).to_have_value("cost")
    page.context.set_offline(False)
    expect(page.locator("#turn-2")).to_contain_text("Not in these articles")
    expect(page.locator("#turn-1 blockquote").first).to_be_visible()
    expect(page.locator("#note")).to_have_text("")


def test_a_message_that_never_gets_through_is_kept_and_said_to_be_unsent(
    visit: Callable[..., Page],
) -> None:
    page = visit(width="phone")
    say(page, "one")
    page.clock.install()
    page.route("**/gradio_api/queue/join**", lambda route: route.abort())
    box = page.get_by_label("Your question")
    box.fill("cost")
    box.press("Enter")
    for _ in range(200):
        page.clock.run_for(1_000)
        if "was not sent" in page.locator("#note").inner_text():
            break
    expect(page.locator("#note")).to_contain_text("was not sent")
    expect(box).to_have_value("cost")
    expect(page.locator("#turn-1 blockquote").first).to_be_visible()


def test_while_the_server_hangs_help_comes_into_view(visit: Callable[..., Page]) -> None:
    page = visit(width="phone")
    say(page, "one")
    held: list[Route] = []
    page.route("**/gradio_api/queue/join**", lambda route: held.append(route), times=1)
    page.get_by_label("Your question").fill("die")
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_contain_text("takes longer", timeout=8_000)
    expect(page.locator("#help-bar a[href^='tel:']")).to_be_in_viewport()
    held[0].continue_()
    expect(page.locator("#turn-2 .panel.crisis")).to_be_visible()
