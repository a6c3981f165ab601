from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.articles.article import read_article
from qa_bot.editing.changes import Line, What, compare, compare_lines, renames
from qa_bot.records import Article, Corpus, Kind, Term

FACTS = "---\ntitle: {title}\npublisher: Acme\nlast_updated: {day}\n---\n"
FIRST = "The usual dose is 20 mg a day. It takes six weeks to work."
SECOND = "Magnetic stimulation is painless for most people. A course is four weeks long."
THIRD = "Light therapy needs a lamp of ten thousand lux every morning."


def article(
    folder: Path, *paragraphs: str, name: str = "guide", title: str = "A Guide", day: str = ""
) -> Article:
    path = folder / f"{name}.md"
    body = "\n\n".join(f"## {part.split()[0]} part\n\n{part}" for part in paragraphs)
    path.write_text(FACTS.format(title=title, day=day) + f"# {title}\n\n{body}\n")
    return read_article(path)


def changes(before: Article, after: Article) -> list[tuple[What, str, str]]:
    (found,) = compare(Corpus((before,)), Corpus((after,))).articles
    return [
        (c.what, c.before.text if c.before else "", c.after.text if c.after else "")
        for c in found.changes
    ]


def test_an_edited_sentence_is_one_change_and_its_neighbors_are_none(tmp_path: Path) -> None:
    before = article(tmp_path, FIRST, SECOND)
    after = article(tmp_path, FIRST.replace("six weeks", "eight weeks"), SECOND)
    assert changes(before, after) == [
        (What.CHANGED, "It takes six weeks to work.", "It takes eight weeks to work.")
    ]


def test_a_new_sentence_is_added_and_one_taken_out_is_removed(tmp_path: Path) -> None:
    before = article(tmp_path, FIRST, SECOND)
    after = article(tmp_path, f"{FIRST} {THIRD}", SECOND.split(". ")[1])
    found = changes(before, after)
    assert (What.ADDED, "", THIRD) in found
    assert (What.REMOVED, "Magnetic stimulation is painless for most people.", "") in found


def test_a_section_that_moved_is_moved_not_removed_and_added(tmp_path: Path) -> None:
    before, after = article(tmp_path, FIRST, THIRD), article(tmp_path, THIRD, FIRST)
    found = changes(before, after)
    assert {what for what, _, _ in found} == {What.MOVED}
    assert all(was == now for _, was, now in found)


def test_line_breaks_and_bullets_are_no_difference(tmp_path: Path) -> None:
    before = article(tmp_path, FIRST, day="2026-01-02")
    after = article(tmp_path, FIRST.replace("day. It", "day.\nIt"), day="2026-01-02")
    assert changes(before, after) == []


def test_metadata_that_changed_is_named_with_both_values(tmp_path: Path) -> None:
    before = article(tmp_path, FIRST)
    after = article(tmp_path, FIRST, day="2026-01-02")
    (found,) = compare(Corpus((before,)), Corpus((after,))).articles
    assert [(fact.name, fact.before, fact.after) for fact in found.facts] == [
        ("last_updated", "", "2026-01-02")
    ]
    assert found.changes == ()


def test_a_sentence_that_is_read_as_something_else_is_a_change(tmp_path: Path) -> None:
    before = [Line(FIRST, Kind.BODY, ())]
    after = [Line(FIRST, Kind.PROMOTION, ())]
    (change,) = compare_lines(before, after)
    assert change.what is What.CHANGED
    assert change.after is not None
    assert change.after.kind is Kind.PROMOTION


def test_articles_come_go_and_are_renamed(tmp_path: Path) -> None:
    kept = article(tmp_path, FIRST, name="kept", title="Kept")
    old = article(tmp_path, SECOND, name="old-name", title="Old")
    gone = article(tmp_path, THIRD, name="gone", title="Gone")
    renamed = article(tmp_path, SECOND, name="new-name", title="Old")
    new = article(tmp_path, "Something else altogether is said here.", name="new", title="New")
    found = compare(Corpus((kept, old, gone)), Corpus((kept, renamed, new)))
    assert {(a.what, a.id) for a in found.articles} == {
        (What.RENAMED, "new-name"),
        (What.ADDED, "new"),
        (What.REMOVED, "gone"),
    }
    assert found.unchanged == 1
    assert renames((kept, old, gone), (kept, renamed, new)) == (("old-name", "new-name"),)


def test_the_same_corpus_has_no_changes_and_the_glossary_counts(tmp_path: Path) -> None:
    corpus = Corpus((article(tmp_path, FIRST),), (Term("shock therapy", "ECT", True),))
    assert not compare(corpus, corpus)
    found = compare(corpus, Corpus(corpus.articles, (Term("the magnet", "TMS", True),)))
    assert (found.glossary_added, found.glossary_removed) == (
        ("the magnet → TMS",),
        ("shock therapy → ECT",),
    )


_WORDS = st.lists(
    st.sampled_from(
        ["One fine day.", "Two cups of tea.", "Three green lamps.", "No dose is safe."]
    ),
    max_size=6,
)


@pytest.mark.parametrize("kind", [Kind.BODY])
@given(old=_WORDS, new=_WORDS)
def test_removed_and_added_make_the_one_out_of_the_other(
    kind: Kind, old: list[str], new: list[str]
) -> None:
    found = compare_lines(
        [Line(text, kind, ()) for text in old],
        [Line(text, kind, ()) for text in new],
    )
    texts = list(old)
    for change in found:
        if change.before:
            texts.remove(change.before.text)
    texts += [change.after.text for change in found if change.after]
    assert sorted(texts) == sorted(new)
