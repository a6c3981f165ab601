"""Pictures of the chat for the README and docs, taken of the real thing: python docs/screenshots.py

Needs a published index and Chromium. Writes docs/images/<state>-<width>-<scheme>.png.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from qa_bot.chat import QABot  # noqa: E402
from qa_bot.help_lines import help_lines  # noqa: E402
from qa_bot.pages import build_app  # noqa: E402
from qa_bot.ui import build_page  # noqa: E402
from tests.scripted import BROWSER_ARGUMENTS, chromium, serving  # noqa: E402

STATES = {
    "start": (),
    "answer": ("How fast does esketamine work?",),
    "both-articles": ("Is ECT effective for treatment-resistant depression?",),
    "not-found": ("How much does Spravato cost?",),
    "concern": ("Does ECT reduce suicide risk?",),
    "crisis": ("I want to die",),
    "article": ("How fast does esketamine work?",),
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
    page.wait_for_timeout(400)
    page.screenshot(path=path)


def main() -> None:
    """All states, both widths, light and dark."""
    bot = QABot.open()
    bot.warm_up()
    lines = help_lines()
    app = build_app(build_page(bot.ask, bot.articles, lines), bot.articles, lines)
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
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
