"""Which quotes support a statement: one alone, several that are about the same, or none."""

from __future__ import annotations

import pytest

from qa_bot.chat import QABot
from qa_bot.composing.cited import Cited
from qa_bot.composing.claim_words import without_yes_or_no
from qa_bot.composing.showable import unfit
from qa_bot.composing.supporting import Supporter

TMS_OUTPATIENT = Cited(
    ("TMS is non-invasive, requires no anesthesia, and is administered in an outpatient setting.",)
)
TMS_SERIES = Cited(
    ("It is delivered in a series of outpatient sessions over several weeks.",),
    before="TMS uses magnetic pulses.",
)
ECT_SERIES = Cited(
    ("ECT is delivered in a series of sessions over several weeks, under anesthesia.",)
)
BOTH_SAY = "TMS is administered without anesthesia, in a series of sessions over several weeks."


@pytest.fixture(scope="module")
def supporter(bot: QABot) -> Supporter:
    return Supporter.of(bot.generation(), bot.encoder())


def test_two_quotes_about_the_same_support_a_statement_together(supporter: Supporter) -> None:
    assert not supporter.check(BOTH_SAY, {1: TMS_OUTPATIENT}).quotes
    assert not supporter.check(BOTH_SAY, {2: TMS_SERIES}).quotes
    assert supporter.check(BOTH_SAY, {1: TMS_OUTPATIENT, 2: TMS_SERIES}).quotes == (1, 2)
    assert supporter.check(BOTH_SAY, {2: TMS_SERIES, 1: TMS_OUTPATIENT}).quotes == (1, 2)


def test_two_quotes_about_different_things_do_not(supporter: Supporter) -> None:
    """What one treatment is must not be said of another, with half of the words from each."""
    assert not supporter.check(BOTH_SAY, {1: TMS_OUTPATIENT, 2: ECT_SERIES}).quotes
    assert not supporter.check(
        "TMS is delivered over several weeks, under anesthesia.", {1: TMS_OUTPATIENT, 2: ECT_SERIES}
    ).quotes


def test_quotes_together_do_not_lend_each_other_a_denial(supporter: Supporter) -> None:
    said = BOTH_SAY.replace("is administered", "is not administered")
    assert not supporter.check(said, {1: TMS_OUTPATIENT, 2: TMS_SERIES}).quotes


def test_a_statement_that_cites_nothing_is_supported_by_nothing(supporter: Supporter) -> None:
    verdict = supporter.check(BOTH_SAY, {})
    assert (verdict.quotes, verdict.reason) == ((), "points at no sentence")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("The restriction can be managed.", "The restriction is manageable."),
        ("TMS is one of the FDA-approved options.", "FDA-approved options include ketamine and TMS."),
        ("Yes, TMS can help when medication failed.", "TMS can help when medication fails."),
        ("TMS works in a different way from ECT.", "TMS works through a different mechanism than ECT."),
        ("Trials may fail, while remission means relief.", "Trials may fail. Remission means relief."),
        ("TMS should be considered.", "TMS must be considered."),
        ("Some patients improve with TMS.", "Many patients improve with TMS."),
        ("TMS is described as noninvasive.", "TMS is noninvasive."),
        ("TMS is noninvasive: it needs no anesthesia.", "TMS is noninvasive and needs no anesthesia."),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_supported(
    supporter: Supporter, said: str, sentence: str
) -> None:
    assert unfit(said) == ""
    assert supporter.check(said, {1: Cited((sentence,))}).quotes == (1,)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("The restriction will be managed.", "The restriction is manageable."),
        ("TMS is perhaps reasonable.", "TMS is reasonable."),
        ("TMS is one of the two best options.", "TMS is one of the best options."),
        ("TMS must be considered.", "TMS should be considered."),
        ("Many patients improve with TMS.", "Some patients improve with TMS."),
        ("Most patients improve with TMS.", "Many patients improve with TMS."),
        ("Patients respond to two antidepressants.", "Patients fail to respond to two antidepressants."),
        ("Relief comes from TMS.", "TMS is different from relief."),
        ("Patients will respond to TMS.", "Few patients will respond to TMS."),
        ("TMS reduces relapse.", "TMS failed to improve mood or reduce relapse."),
        ("Lithium improves symptoms.", "Lithium did not significantly improve symptoms."),
        ("Combining them is possible.", "Combining them may cause harm."),
        ("MAOIs may be considered.", "MAOIs carry considerable risk."),
        ("ECT is a common intervention.", "ECT is the most effective intervention."),
        ("One of three patients improved.", "Two of three patients improved."),
        ("It is given every one week.", "It is given every two weeks."),
        ("Symptoms improve when lithium is stopped.", "Symptoms improve, and lithium is stopped."),
    ],
)  # fmt: skip
def test_more_or_other_than_the_sentences_say_is_not(
    supporter: Supporter, said: str, sentence: str
) -> None:
    assert not supporter.check(said, {1: Cited((sentence,))}).quotes


def test_a_name_may_come_from_the_title_where_a_sentence_only_points_at_it(
    supporter: Supporter,
) -> None:
    def named(title: str) -> tuple[int, ...]:
        cited = Cited(("Its thick bark resists flames.",), title=title)
        said = "The bark of the Ginkgo is thick and resists flames."
        return supporter.check(said, {1: cited}).quotes

    assert named("Ginkgo biloba") == (1,)
    assert not named("Oak") and not named("")


def test_an_order_after_a_colon_is_one_as_well() -> None:
    for said in (
        "It is as they say: stop taking it",
        "TMS helps; so stop taking it",
        "TMS (stop it)",
    ):
        assert unfit(said) == "tells the reader what to do"


def test_a_yes_or_no_is_left_out() -> None:
    assert without_yes_or_no("Yes, it needs no anesthesia.") == "It needs no anesthesia."
    assert without_yes_or_no("Yes or no is not said.") == "Yes or no is not said."
