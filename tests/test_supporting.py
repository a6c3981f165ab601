"""Which quotes support a statement: one alone, several that are about the same, or none."""

from __future__ import annotations

import pytest

from qa_bot.chat import QABot
from qa_bot.supporting import Group, Supporter

TMS_OUTPATIENT = Group(
    1,
    ("TMS is non-invasive, requires no anesthesia, and is administered in an outpatient setting.",),
)
TMS_SERIES = Group(
    2,
    ("It is delivered in a series of outpatient sessions over several weeks.",),
    "",
    "TMS uses magnetic pulses.",
)
ECT_SERIES = Group(
    2, ("ECT is delivered in a series of sessions over several weeks, under anesthesia.",)
)
BOTH_SAY = (
    "TMS is administered in an outpatient setting, in a series of sessions over several weeks."
)


@pytest.fixture(scope="module")
def supporter(bot: QABot) -> Supporter:
    return Supporter.of(bot.generation(), bot.encoder())


def test_two_quotes_about_the_same_support_a_statement_together(supporter: Supporter) -> None:
    assert not supporter.check(BOTH_SAY, [TMS_OUTPATIENT]).quotes
    assert not supporter.check(BOTH_SAY, [TMS_SERIES]).quotes
    assert supporter.check(BOTH_SAY, [TMS_OUTPATIENT, TMS_SERIES]).quotes == (1, 2)
    assert supporter.check(BOTH_SAY, [TMS_SERIES, TMS_OUTPATIENT]).quotes == (1, 2)


def test_two_quotes_about_different_things_do_not(supporter: Supporter) -> None:
    """What one treatment is must not be said of another, with half of the words from each."""
    assert not supporter.check(BOTH_SAY, [TMS_OUTPATIENT, ECT_SERIES]).quotes
    assert not supporter.check(
        "TMS is delivered over several weeks, under anesthesia.", [TMS_OUTPATIENT, ECT_SERIES]
    ).quotes


def test_quotes_together_do_not_lend_each_other_a_denial(supporter: Supporter) -> None:
    said = BOTH_SAY.replace("is administered", "is not administered")
    assert not supporter.check(said, [TMS_OUTPATIENT, TMS_SERIES]).quotes


def test_a_statement_that_cites_nothing_is_supported_by_nothing(supporter: Supporter) -> None:
    verdict = supporter.check(BOTH_SAY, [])
    assert (verdict.quotes, verdict.reason) == ((), "points at no sentence")
