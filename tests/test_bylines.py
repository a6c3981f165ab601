from datetime import date

import pytest

from qa_bot.articles.bylines import reviewer_in, update_in


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Reviewed by Ann Lee, MD", "Ann Lee, MD"),
        ("Medically reviewed by: Dr. Ann Lee on March 3, 2026", "Dr. Ann Lee"),
        ("Reviewed by Ann Lee, March 3, 2026", "Ann Lee"),
        ("Clinically reviewed by Ann Lee, PhD | 6 min read", "Ann Lee, PhD"),
        ("Medically reviewed by Dana Okafor, MD — By Jonah Castellan", "Dana Okafor, MD"),
        ("Written by Bo Kim\nReviewed by Ann Lee, MD\nUpdated today", "Ann Lee, MD"),
        ("Reviewed by: not reviewed yet", ""),
        ("Reviewed by: TBD", ""),
        ("Reviewed by N/A", ""),
        ("Reviewed by: pending", ""),
        ("Reviewed by our editorial staff on a regular basis", ""),
        ("It was reviewed by nobody.", ""),
    ],
)
def test_a_reviewer_is_somebody_with_a_name(line: str, name: str) -> None:
    assert reviewer_in(line) == name


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Last updated June 19, 2026", date(2026, 6, 19)),
        ("Updated on: 19 June 2026", date(2026, 6, 19)),
        ("last modified 2026-06-19", date(2026, 6, 19)),
        ("Updated June 2026", None),
        ("Updated Spring 2026", None),
        ("Last updated 2026-13-45", None),
        ("Published June 19, 2026", None),
    ],
)
def test_a_day_that_is_not_stated_is_not_made_up(line: str, day: date | None) -> None:
    assert update_in(line) == day
