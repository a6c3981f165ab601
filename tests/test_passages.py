from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.articles.article import read_article
from qa_bot.articles.blocks import classify, sentence_kind
from qa_bot.articles.corpus import read_corpus
from qa_bot.articles.formats import markdown, plain_text
from qa_bot.articles.passages import PASSAGE_WORDS, lost_lists, passages, sentences
from qa_bot.records import QUOTABLE, Article, Kind, ReviewStatus, Sentence
from tests.conftest import CORPUS

# Lines such as pages are made of, and the traps among them: abbreviations, markers, glued words, marks
# of other scripts, list lead-ins, questions, white space of every kind.
LINES = st.sampled_from(
    [
        "A Guide to Magnetic Stimulation",
        "Common causes:",
        "Why does it fail?",
        "FAQs",
        "Key Takeaways",
        "References",
        "What Members Are Saying",
        "Reviewed byDaniel Montville, MD, e.g. a doctor. Updated June 2026",
        "It helps many people.[4] It works within approx. 6 to 8 weeks (e.g. Dr. Smith’s trial)!",
        "  Some say “does it hurt?” and go on. 🧠 It does not.  Déjà vu…\u00a0Yes. ",
        "• Too low a dose. Too short a trial.",
        "    An answer that stands under its bullet. And a second sentence of it.",
        "1. A first reason, no. 2 of which is missing",
        "[1] Smith J. Title of a study. Journal. 2024.",
        "Wait... what?! It costs $1.50. i.e. little",
        "第一句。第二句！",
        "\u2003",
        "",
    ]
)
PAGES = st.lists(st.one_of(LINES, st.text(max_size=60)), max_size=14).map("\n\n".join) | st.lists(
    LINES, max_size=20
).map("\n".join)

# Sentences are split in Python, at a pace that varies with the machine.
laws = settings(deadline=None, max_examples=40)


def article_of(text: str, reader=plain_text) -> Article:  # type: ignore[no-untyped-def]
    text, pieces = reader(text)
    blocks = classify(text, pieces)
    status = ReviewStatus.NOT_STATED
    return Article("page", "Page", "", "", "", status, None, "1", text, blocks, ())


@pytest.fixture(scope="module", params=["manifest", "siggymd"])
def article(request: pytest.FixtureRequest) -> Article:
    return next(a for a in read_corpus(CORPUS).articles if a.id.startswith(request.param))


def texts(article: Article, of: tuple[Sentence, ...]) -> list[str]:
    return [article.text[sentence.start : sentence.end] for sentence in of]


def check_laws(article: Article) -> None:
    found = sentences(article)
    words = texts(article, found)
    assert all(text and text == text.strip() for text in words)
    for sentence in found:
        block = article.blocks[sentence.block]
        assert block.start <= sentence.start < sentence.end <= block.end
        assert sentence.section == block.section
        assert sentence.kind in QUOTABLE
    for before, after in pairwise(found):
        assert before.end <= after.start
        assert (before.block, before.position) < (after.block, after.position)
    assert max(Counter(sentence.id for sentence in found).values(), default=1) == 1
    assert sentences(article) == found

    runs = passages(article, found)
    assert [id_ for run in runs for id_ in run.sentence_ids] == [sentence.id for sentence in found]
    by_id = {sentence.id: sentence for sentence in found}
    for run in runs:
        members = [by_id[id_] for id_ in run.sentence_ids]
        assert (run.start, run.end) == (members[0].start, members[-1].end)
        assert len({sentence.section for sentence in members}) == 1
        length = sum(len(article.text[s.start : s.end].split()) for s in members)
        assert length <= PASSAGE_WORDS or len(members) == 1


def left_over(article: Article) -> list[str]:
    """What stands in quotable blocks and in no sentence, piece by piece."""
    taken = {place for s in sentences(article) for place in range(s.start, s.end)}
    pieces = []
    for block in article.blocks:
        if block.kind in QUOTABLE:
            rest = "".join(
                article.text[place] if place not in taken else "\0"
                for place in range(block.start, block.end)
            )
            pieces += [piece.strip() for piece in rest.split("\0") if piece.strip()]
    return pieces


@laws
@given(PAGES)
def test_the_laws_of_sentences_and_passages_hold_for_any_page(page: str) -> None:
    check_laws(article_of(page))


@laws
@given(PAGES)
def test_the_laws_hold_for_any_markdown(page: str) -> None:
    check_laws(article_of(page, markdown))


@laws
@given(PAGES)
def test_nothing_quotable_is_lost(page: str) -> None:
    """Only a sentence that is a lead-in, an outline or navigation is left out."""
    for piece in left_over(article_of(page)):
        assert sentence_kind(piece, Kind.BODY) not in QUOTABLE, piece


def test_the_laws_hold_for_the_real_articles(article: Article) -> None:
    check_laws(article)
    for piece in left_over(article):
        assert sentence_kind(piece, Kind.BODY) not in QUOTABLE, piece


def test_lead_ins_and_rhetorical_questions_are_never_sentences(article: Article) -> None:
    found = [t for t in texts(article, sentences(article)) if not t.startswith("[")]
    assert found
    assert not [text for text in found if text.endswith((":", "?"))]


def test_the_lists_that_the_exports_lost_are_reported() -> None:
    lost = {
        article.text[offset:].split("\n", 1)[0]
        for article in read_corpus(CORPUS).articles
        for offset in lost_lists(article)
    }
    assert lost == {"Some of the usual reasons a medication appears to fail:", "Common causes:"}


def test_a_list_that_is_there_is_not_lost_and_its_lead_in_is_context() -> None:
    article = article_of(
        "# A Guide\n\n## Why trials fail\n\nIt is a long story, told elsewhere. Common causes:\n\n"
        "• Too low a dose.\n• Too short a trial.\n\nOther things matter as well, such as sleep."
    )
    assert lost_lists(article) == ()
    contexts = {article.text[s.start : s.end]: s.context for s in sentences(article)}
    assert contexts["Too low a dose."] == "Why trials fail: Common causes:"
    assert contexts["Too short a trial."] == "Why trials fail: Common causes:"
    assert not any("causes" in context for text, context in contexts.items() if "Too" not in text)


def test_a_lead_in_at_the_very_end_is_lost_too() -> None:
    article = article_of("## Why trials fail\n\nIt is a long story, told elsewhere. Common causes:")
    (offset,) = lost_lists(article)
    assert article.text[offset:] == "Common causes:"


def test_a_source_is_one_sentence_whatever_its_full_stops(article: Article) -> None:
    references = [b for b in article.blocks if b.kind is Kind.REFERENCE]
    found = [s for s in sentences(article) if s.kind is Kind.REFERENCE]
    assert [(s.start, s.end) for s in found] == [(b.start, b.end) for b in references]


def test_a_question_inside_a_sentence_does_not_end_it() -> None:
    text = "The page “Does it hurt?” and its sequel answer most of what people ask about this."
    article = article_of(f"Magnets\n\n{text}")
    assert texts(article, sentences(article)) == [text]


def test_ids_are_the_same_in_another_reading(tmp_path: Path, article: Article) -> None:
    again = next(a for a in read_corpus(CORPUS).articles if a.id == article.id)
    assert [s.id for s in sentences(again)] == [s.id for s in sentences(article)]


PARAGRAPHS = st.lists(
    st.sampled_from(
        [f"{word} is a treatment that helps some people. It takes weeks." for word in "ABCDEF"]
    ),
    min_size=2,
    max_size=6,
)


@laws
@given(PARAGRAPHS, st.data())
def test_ids_of_untouched_sentences_stay_when_another_paragraph_changes(
    paragraphs: list[str], data: st.DataObject
) -> None:
    changed = data.draw(st.integers(0, len(paragraphs) - 1))
    after = list(paragraphs)
    after[changed] = "Something else stands here now, and it is rather longer than it was before."
    # Each paragraph has a section of its own, as equal words in one section are told apart by count.
    pages = [
        article_of("\n\n".join(f"## Part {n}\n\n{p}" for n, p in enumerate(version)))
        for version in (paragraphs, after)
    ]
    ids = [{s.section: s.id for s in sentences(page)} for page in pages]
    different = {section for section in ids[0] if ids[0][section] != ids[1].get(section)}
    assert len(ids[0]) == len(paragraphs)
    assert len(different) == 1


@laws
@given(PARAGRAPHS)
def test_equal_sentences_of_one_section_have_ids_of_their_own(paragraphs: list[str]) -> None:
    found = sentences(article_of("## Part\n\n" + "\n\n".join([*paragraphs, *paragraphs])))
    assert len({s.id for s in found}) == len(found) == 4 * len(paragraphs)


def test_a_sentence_that_changes_gets_another_id(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    seen = set()
    for dose in ("10", "20"):
        path.write_text(f"# Doses\n\nThe usual dose is {dose} mg. Ask your doctor first.", "utf-8")
        seen.update(s.id for s in sentences(read_article(path)))
    assert len(seen) == 3


def test_a_very_long_sentence_is_a_passage_by_itself() -> None:
    long = " ".join(["word"] * (2 * PASSAGE_WORDS)) + "."
    article = article_of(f"## Part\n\nBefore it. {long.capitalize()} After it.")
    assert [len(p.sentence_ids) for p in passages(article, sentences(article))] == [1, 1, 1]
