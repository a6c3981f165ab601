from qa_bot.editing.findings import Finding, Severity, as_json, as_text, counted

WARNING = Finding(Severity.WARNING, "short", "b.md", None, "has 3 words.")
ERROR = Finding(Severity.ERROR, "encoding", "a.md", 12, "looks garbled.")
LATER = Finding(Severity.WARNING, "dose", "a.md", 14, "comes without a source.")


def test_findings_come_by_file_and_line() -> None:
    assert as_text([WARNING, LATER, ERROR]) == (
        "a.md\n  Error, line 12: looks garbled.\n  Warning, line 14: comes without a source.\n\n"
        "b.md\n  Warning: has 3 words."
    )
    assert as_text([]) == ""


def test_programs_get_the_counts_and_every_fact() -> None:
    report = as_json([WARNING, ERROR], articles=2)
    assert (report["articles"], report["errors"], report["warnings"]) == (2, 1, 1)
    assert report["findings"][0] == {
        "severity": "error",
        "rule": "encoding",
        "file": "a.md",
        "line": 12,
        "message": "looks garbled.",
    }


def test_findings_are_counted_in_words() -> None:
    assert counted([WARNING, ERROR, LATER]) == "1 error, 2 warnings"
