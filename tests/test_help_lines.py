import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from qa_bot.safety.help_lines import (
    LAST_RESORT,
    STALE_AFTER_DAYS,
    help_lines,
    is_emergency,
    lint,
    region_in,
    regions,
)
from qa_bot.safety.phone_numbers import unknown_numbers

ROOT = Path(__file__).parent.parent
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("**/*.md"),
    *(ROOT / "qa_bot" / "ui" / "templates").glob("*"),
    *(ROOT / "qa_bot" / "ui" / "static").glob("*.js"),
    ROOT / "qa_bot" / "safety" / "situations.toml",
]


def test_the_lines_are_fresh_and_complete() -> None:
    assert lint(date.today()) == []


def test_a_line_that_was_not_checked_for_half_a_year_is_reported() -> None:
    checked = help_lines()[0].verified
    assert lint(checked + timedelta(days=STALE_AFTER_DAYS + 1))


def test_the_last_resort_equals_the_data_file() -> None:
    assert help_lines()[:2] == LAST_RESORT


@pytest.mark.parametrize("region", regions())
@pytest.mark.parametrize("category", ["overdose", "medication safety"])
def test_after_too_much_medicine_somebody_can_be_called_at_once_everywhere(
    region: str, category: str
) -> None:
    first, *others = help_lines(category, region)
    poison = first.id == "us-poison" and is_emergency(others[0])
    assert is_emergency(first) or poison


@pytest.mark.parametrize("region", [*regions(), "zz", "", " GB "])
def test_every_region_gets_a_line(region: str) -> None:
    assert help_lines("overdose", region)


@pytest.mark.parametrize(
    ("kept", "region"), [({"region": "gb"}, "gb"), ({"region": "zz"}, ""), ({"other": "gb"}, "")]
)
def test_a_region_that_was_chosen_is_one_with_lines(kept: dict[str, str], region: str) -> None:
    assert region_in(kept) == region


@pytest.mark.parametrize("region", ["gb", "ie", "nz"])
def test_the_line_for_abuse_follows_danger_to_life_and_stands_beside_nothing_else(
    region: str,
) -> None:
    first, second, *_ = help_lines("abuse", region)
    assert is_emergency(first) and second.id == f"{region}-domestic-abuse"
    assert second in help_lines("", region)  # on the help page
    assert all(second not in help_lines(c, region) for c in ("default", "overdose", "postpartum"))


def test_an_unknown_category_gets_the_standing_help() -> None:
    assert help_lines("no such category") == help_lines()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_number_printed_anywhere_comes_from_the_data_file(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    drawn = re.compile(
        r"\b(?:d|viewBox|points|[xy][12]?|width|height)=\"[^\"]*\""
    )  # the shapes of icons
    assert unknown_numbers(drawn.sub("", text)) == ()


@pytest.mark.parametrize(
    "text",
    ["Call 1-800-555-0199", "dial 912", "(212) 555-0100", "text HI to 12345", "+44 20 7946 0000"],
)
def test_a_strange_number_is_noticed(text: str) -> None:
    assert unknown_numbers(text)


@pytest.mark.parametrize(
    "text", ["50 to 60%", "2026-11-21", "10 mg", "pages 221-234", "6 to 8 weeks"]
)
def test_dates_doses_and_ranges_are_no_phone_numbers(text: str) -> None:
    assert unknown_numbers(text) == ()
