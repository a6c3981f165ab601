from pathlib import Path

from tests.test_checking import BODY, GOOD, of

LONG = "Whoever has tried two antidepressants for six weeks each may ask for another treatment."


def test_a_run_of_sentences_that_stands_in_two_articles_is_one_finding(tmp_path: Path) -> None:
    of(tmp_path, GOOD, "a.md")
    other = GOOD.replace("A Guide", "Another Guide").replace(BODY, f"{LONG}\n\n{BODY}")
    (finding,) = of(tmp_path, other, "b.md").findings
    assert (finding.file, finding.rule, finding.line) == ("b.md", "duplicate", 11)
    assert "and 4 after it: the same stands in a.md, line 9" in finding.message


def test_what_every_article_says_at_its_end_is_no_duplicate(tmp_path: Path) -> None:
    of(tmp_path, GOOD, "a.md")
    own = " ".join(f"{LONG[:-1]} number {n}." for n in range(5))
    other = GOOD.replace("A Guide", "Another Guide").replace(BODY, own)
    assert of(tmp_path, other, "b.md").findings == ()


def test_a_glossary_entry_that_no_article_says_is_named_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "glossary.yaml").write_text(
        "names:\n  repetitive stimulation: [magnets]\n  ECT: [shock therapy, shocks]\n"
    )
    (finding,) = of(tmp_path, GOOD).findings
    assert (finding.file, finding.rule, finding.line) == ("glossary.yaml", "glossary", 3)
    assert "“ECT”" in finding.message
