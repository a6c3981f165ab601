"""Pictures of the chat and of a report, of the real thing: python docs/screenshots.py [chat|report]

Needs a published index and Chromium. Writes docs/images/<state>-<width>-<scheme>.png, and the top of
the report on the development questions as docs/images/report-1280.png.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from qa_bot.chat import QABot  # noqa: E402
from qa_bot.evaluation.command import Plan, evaluate  # noqa: E402
from qa_bot.safety.help_lines import help_lines  # noqa: E402
from qa_bot.ui.chat_page import build_page  # noqa: E402
from qa_bot.ui.site import build_app  # noqa: E402
from tests.scripted import BROWSER_ARGUMENTS, chromium, serving  # noqa: E402

STATES = {
    "start": (),
    "answer": ("How fast does esketamine work?",),
    "both-articles": ("How many antidepressants before it is treatment-resistant?",),
    "not-found": ("How much does Spravato cost?",),
    "concern": ("Does ECT reduce suicide risk?",),
    "crisis": ("I want to die",),
    "after-crisis": ("I want to die", "How fast does esketamine work?"),
    "problem": ("?!",),
    "editing": ("How fast does esketamine work?",),
    "article": ("How many antidepressants before it is treatment-resistant?",),
}
SIZES = {"1280": (1280, 860), "390": (390, 844)}


def picture(page: Page, state: str, path: Path) -> None:
    """Ask what leads to `state`, and take its picture."""
    page.locator(".welcome").wait_for()
    box = page.get_by_label("Your question")
    for number, message in enumerate(STATES[state], start=1):
        box.fill(message)
        box.press("Enter")
        page.locator(f"#turn-{number}:not([data-announce=''])").wait_for()
    if state == "article":
        page.locator(".open-link").first.click()
        page.locator("#reader mark").first.wait_for()
    elif state == "editing":
        page.get_by_role("button", name="Edit question").click()
    page.wait_for_timeout(400)
    page.screenshot(path=path)


def report_picture(path: Path) -> None:
    """Measure, and take a picture of the report down to its curves."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        html = Path(folder) / "report.html"
        evaluate(Plan(questions=Path("tests/data/questions_dev.jsonl"), html=html))
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(html.as_uri())
        end = page.locator("#kinds").bounding_box()
        assert end is not None
        area = {"x": 0, "y": 0, "width": 1280, "height": end["y"]}
        page.screenshot(path=path, full_page=True, clip=area)  # type: ignore[arg-type]
        browser.close()


def main() -> None:
    """All states, both widths, light and dark; and the report."""
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or ["chat", "report"]
    if "report" in wanted:
        report_picture(images / "report-1280.png")
    if "chat" not in wanted:
        return
    bot = QABot.open()
    bot.warm_up()
    lines = help_lines()
    app = build_app(build_page(bot.ask, bot.articles, lines), bot.articles, lines)
    with serving(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                for state in STATES:
                    page = browser.new_page(
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,  # type: ignore[arg-type]
                        reduced_motion="reduce",
                    )
                    page.goto(address)
                    picture(page, state, images / f"{state}-{size}-{scheme}.png")
                    page.close()
        browser.close()


if __name__ == "__main__":
    main()
