"""The checker itself: whatever is done to a quote, it is found."""

from dataclasses import replace

import pytest

from qa_bot.answers import Answer, Outcome, Quote
from qa_bot.articles.corpus import read_corpus
from qa_bot.chat import QABot
from qa_bot.evaluation.citations import PublishedArticles
from qa_bot.records import Article, Kind, Reference
from tests.conftest import CORPUS
from tests.small import MAGNETS, SHOCKS, Retyped, answered, article, quote, retyped

PUBLISHED = PublishedArticles([article(MAGNETS), article(SHOCKS, "b.txt")])
FIRST = "Magnets do not hurt."


def test_a_whole_sentence_and_several_together_are_no_misquotes() -> None:
    for words in (FIRST, "They take 6 to 8 weeks to work.", MAGNETS):
        assert PUBLISHED.misquotes(answered(quote(words))) == ()
        assert PUBLISHED.broken_citations(answered(quote(words))) == ()
    assert PUBLISHED.misquotes(Answer("?", Outcome.NOT_FOUND)) == ()


@pytest.mark.parametrize(
    "typed",
    [
        "Magnets do not not hurt.",  # an inserted "not"
        "Magnets do hurt.",
        "Magnets do not hurt",
        "magnets do not hurt.",
        "Shocks need anesthesia.",
        "They take 6 to 8 weeks to work.",  # true words of the article, from another place
        "",
    ],
)
def test_a_retyped_quote_is_found(typed: str) -> None:
    assert PUBLISHED.misquotes(answered(quote(FIRST), retyped(FIRST))) == ()
    assert len(PUBLISHED.misquotes(answered(quote(FIRST), retyped(typed)))) == 1


@pytest.mark.parametrize(
    "doctored",
    [
        MAGNETS.replace("do not", "do"),
        MAGNETS.replace("do not hurt", "do not not hurt"),
        MAGNETS.replace("6 to 8", "6 to 9"),
    ],
)
def test_an_article_doctored_after_it_was_published_is_found(doctored: str) -> None:
    """The quote agrees with the article that it carries, but not with what readers can open."""
    answer = answered(quote(doctored, doctored))
    assert answer.quotes[0].text == doctored
    assert len(PUBLISHED.misquotes(answer)) == 1
    assert PUBLISHED.broken_citations(answer)


@pytest.mark.parametrize(
    "words",
    [
        "Magnets do",  # cut before "not"
        "hurt.",
        "do not hurt.",
        "They take 6",
        "not hurt. They take 6 to 8 weeks to work.",
        "Magnets do not hurt. They take 6 to 8 weeks",
        " They take 6 to 8 weeks to work.",
    ],
)
def test_a_quote_cut_out_of_a_sentence_is_found(words: str) -> None:
    """Every one of these is `text[start:end]`, and some say the opposite of the article."""
    (fault,) = PUBLISHED.misquotes(answered(quote(words)))
    assert "is cut out of a sentence" in fault


def test_the_right_words_from_the_wrong_article_are_found() -> None:
    q = quote("Shocks need anesthesia.", SHOCKS, "b.txt")
    a = article(MAGNETS)
    wrong = Retyped(a, q.start, q.end, q.section, q.role, q.references, q.score, q.text)
    assert PUBLISHED.misquotes(answered(q)) == ()
    assert "is not what a.txt says there" in PUBLISHED.misquotes(answered(wrong))[0]
    # Even when the quote brings the other text along under this article's name.
    named = replace(q, article=article(SHOCKS, "a.txt"))
    assert PUBLISHED.misquotes(answered(named))
    assert PUBLISHED.broken_citations(answered(named))


def test_an_article_that_is_not_published_is_found() -> None:
    answer = answered(quote(FIRST, name="gone.txt"))
    assert "is not published" in PUBLISHED.misquotes(answer)[0]
    assert "does not open" in PUBLISHED.broken_citations(answer)[0]


@pytest.mark.parametrize("place", [(5, 5), (500, 510), (-7, 20), (0, 10_000)])
def test_a_place_that_is_none_is_found(place: tuple[int, int]) -> None:
    start, end = place
    assert PUBLISHED.misquotes(answered(replace(quote(FIRST), start=start, end=end)))


def test_a_section_that_the_quote_does_not_stand_in_is_found() -> None:
    answer = answered(replace(quote(FIRST), section=("Side effects",)))
    assert "does not stand under “Side effects”" in PUBLISHED.broken_citations(answer)[0]


SOURCES = (Reference(1, "A study.", True), Reference(2, "Another.", False))
CITING = "Magnets help.[1] They are old."


def cited(words: str, *references: str, text: str = CITING) -> tuple[Article, Quote]:
    of = article(text, references=SOURCES)
    start = text.index(words)
    return of, Quote(of, start, start + len(words), (), Kind.BODY, references, 1.0)


@pytest.mark.parametrize(
    ("words", "references", "says"),
    [
        ("Magnets help.[1]", (), "does not come with the sources"),
        ("Magnets help.[1]", ("[2] Another.",), "does not come with the sources"),
        ("Magnets help.[1]", ("[1] A study!",), "does not come with the sources"),
        ("They are old.", ("[1] A study.",), "does not come with the sources"),
    ],
)
def test_sources_that_are_missing_wrong_or_altered_are_found(
    words: str, references: tuple[str, ...], says: str
) -> None:
    of, one = cited(words, *references)
    assert says in PublishedArticles([of]).broken_citations(answered(one))[0]
    _, right = cited("Magnets help.[1]", "[1] A study.")
    assert PublishedArticles([of]).broken_citations(answered(right)) == ()


def test_a_marker_without_a_source_is_found() -> None:
    of, one = cited("Magnets help.[7]", text="Magnets help.[7] They are old.")
    assert "cites [7], which" in PublishedArticles([of]).broken_citations(answered(one))[0]


@pytest.mark.slow
def test_a_real_answer_is_sound_and_each_mutation_of_it_is_found(bot: QABot) -> None:
    published = PublishedArticles(read_corpus(CORPUS).articles)
    answer = bot.ask("How long is an adequate antidepressant trial?")
    assert answer.quotes and not published.misquotes(answer) + published.broken_citations(answer)
    for one in answer.quotes:
        for cut in (replace(one, start=one.start + 1), replace(one, end=one.end - 1)):
            assert published.misquotes(answered(cut))
        moved = replace(one, start=one.start + 1, end=one.end + 1)
        assert published.misquotes(answered(moved))
