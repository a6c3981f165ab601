from pathlib import Path

import pytest

from qa_bot.editing.findings import Severity
from tests.test_checking import BODY, GOOD, HELP, SENTENCE, of

SOURCES = "## References\n\n- [1] Smith. 2024.\n- [2] Jones. 2025.\n"


def test_a_marker_without_a_reference_is_an_error(tmp_path: Path) -> None:
    (finding,) = of(tmp_path, GOOD.replace(BODY, f"{BODY}[3]") + SOURCES).errors
    assert (finding.rule, finding.line) == ("no-reference", 9)
    assert finding.message.startswith("[3] has no reference 3;")


def test_a_source_that_is_never_cited_is_named_only_where_others_are(tmp_path: Path) -> None:
    (finding,) = of(tmp_path, GOOD.replace(BODY, f"{BODY}[1]") + SOURCES).findings
    assert finding.message == "reference [2] is never cited."
    assert of(tmp_path, GOOD + SOURCES).findings == ()


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("If you are in crisis, call or text 998 at any time.", Severity.ERROR),
        ("In a crisis, text HOME to 741714; the lifeline answers.", Severity.ERROR),
        ("For help, SAMHSA's helpline is 1-800-662-4375.", Severity.ERROR),
        ("The Crisis Text Line is at 555 123 4567.", Severity.ERROR),
        ("In a crisis call 988, or our own hotline at (949) 555-0100.", Severity.WARNING),
        ("In a crisis call 988, or SAMHSA at 1-800-662-HELP.", None),
        ("To book, call our clinic at (949) 735-5705.", None),
    ],
)
def test_a_number_given_as_a_help_line_must_be_one(
    tmp_path: Path, words: str, severity: Severity | None
) -> None:
    found = [f for f in of(tmp_path, f"{GOOD}\n{words}\n").findings if f.rule == "phone-number"]
    assert [f.severity for f in found] == ([severity] if severity else [])
    assert [f.line for f in found] == ([13] if severity else [])


@pytest.mark.parametrize("dose", ["20 mg", "50–75 mg", "0.5 mg/kg", "100mcg", "1,000 IU"])
def test_a_dose_needs_a_source(tmp_path: Path, dose: str) -> None:
    said = f"The usual dose is {dose} a day, as your doctor decides."
    (finding,) = of(tmp_path, GOOD.replace(BODY, f"{BODY}\n\n{said}")).findings
    assert (finding.rule, finding.line) == ("dose", 11)
    cited = GOOD.replace(BODY, f"{BODY}[2]\n\n{said}[1]") + SOURCES
    assert of(tmp_path, cited).findings == ()


def test_weeks_and_shares_are_no_doses(tmp_path: Path) -> None:
    said = "It takes 6 to 8 weeks, and 50 to 60% of them get better at 30 minutes a day."
    assert of(tmp_path, GOOD.replace(BODY, f"{BODY}\n\n{said}")).findings == ()


def test_an_article_that_names_no_help_in_a_crisis_is_named(tmp_path: Path) -> None:
    (finding,) = of(tmp_path, GOOD.replace(HELP, SENTENCE)).findings
    assert (finding.rule, finding.severity) == ("crisis-notice", Severity.WARNING)


@pytest.mark.parametrize("marker", ["[04]", "[0]", "[٤]"])
def test_what_only_looks_like_a_marker_is_left_alone(tmp_path: Path, marker: str) -> None:
    assert of(tmp_path, GOOD.replace(BODY, f"{BODY}{marker}") + SOURCES).errors == ()
