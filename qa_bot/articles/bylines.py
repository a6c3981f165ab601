"""What a page says of itself in a line of its own: who reviewed it, and when it was last updated."""

from __future__ import annotations

import re
from datetime import date

from dateutil import parser as dates

_REVIEWER = re.compile(
    r"(?im)^(?:(?:medically|clinically) )?reviewed by:?[ \t]+"
    r"(?!(?:not|none|nobody|pending|awaiting|tb[ad]|to be|n/?a|unknown|our|-)\b)"
    r"([^|·—–\n]{3,80}?)(?=\s*(?:[|·—–\n]|$|,?\s(?:on|in)\s|,\s(?:[A-Z][a-z]+ )?\d))"
)
_UPDATED = re.compile(
    r"(?i)\b(?:last )?(?:updated|reviewed|modified)(?: on)?:?[ \t]+"
    r"(\d{4}-\d\d-\d\d|\d{1,2} [A-Z][a-z]+,? \d{4}|[A-Z][a-z]+ \d{1,2}, \d{4})"
)


def reviewer_in(text: str) -> str:
    """The name of who reviewed a page, by one of its lines; "" where it names nobody.

    >>> reviewer_in("Medically reviewed by: Ann Lee, MD on March 3, 2026")
    'Ann Lee, MD'
    >>> reviewer_in("Reviewed by: not reviewed yet")
    ''
    """
    found = _REVIEWER.search(text)
    return found[1].strip() if found else ""


def update_in(text: str) -> date | None:
    """The day of the last update; None where none is given, or only its month.

    >>> update_in("Last updated June 19, 2026"), update_in("Last updated June 2026")
    (datetime.date(2026, 6, 19), None)
    """
    found = _UPDATED.search(text)
    try:
        day: date | None = dates.parse(found[1]).date() if found else None
    except ValueError:  # "Updated Smarch 3, 2026"
        return None
    return day
