"""Questions about the articles themselves are told from those that the articles answer."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_bot.answering.about import LONGEST_ASKED, MOST, asked_about
from qa_bot.answers import Outcome
from qa_bot.articles.corpus import read_corpus
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.publishing import publish
from qa_bot.records import Article, Kind
from qa_bot.words import content_stems
from tests.scripted import ARTICLES, MANIFEST, SIGGY

APNEA = """---
title: Sleep Apnea and Mood
publisher: Harbor Sleep Clinic
reviewed_by: Rita Chen, MD
review_status: reviewed
last_updated: 2026-08-02
---
# Sleep Apnea and Mood

Obstructive sleep apnea means that breathing stops again and again during sleep.

A sleep study counts how often breathing stops in an hour.
"""


def about(question: str, articles: tuple[Article, ...] = ARTICLES) -> tuple[Article, ...]:
    return asked_about(question, content_stems(question), articles)


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote this?",
        "who publishes these articles",
        "When was this last updated?",
        "Is this medically reviewed?",
        "Has a doctor checked this?",
        "So, has this information been reviewed by a clinician yet?",
        "How old is this information?",
        "Is this page up to date?",
        "Where does this information come from?",
        "what are your sources",
        "is this written by AI?",
        "is this legit",
        "Can I trust this information?",
    ],
)
def test_who_names_no_article_asks_about_all(question: str) -> None:
    assert about(question) == ARTICLES


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("Who reviewed the SiggyMD article?", SIGGY),
        ("Has a doctor checked the Manifest page yet?", MANIFEST),
        ("Which psychiatrist reviewed SiggyMD’s article?", SIGGY),
        ("when was the page on options beyond standard antidepressants updated", SIGGY),
    ],
)
def test_who_names_an_article_asks_about_that_one(question: str, article: Article) -> None:
    assert about(question) == (article,)


@pytest.mark.parametrize(
    "question",
    [
        "Who reviewed the asthma article?",  # there is none
        "Who discovered ketamine?",
        "Is esketamine old or new?",
        "are these drugs old",
        "Was this treatment reviewed by the FDA?",
        "When was TMS approved?",
        "How recent is the evidence for ketamine?",
        "Where can I find information about TMS?",
        "Where do I get information on ECT?",
        "Where is the clinic behind the Manifest article?",
        "Are the names in the member stories real?",
        "Does the article say how old you must be?",
        "What does the page say about lithium?",
    ],
)
def test_what_is_none_of_their_own_details_is_left_to_their_sentences(question: str) -> None:
    assert about(question) == ()


def test_the_other_one_is_the_article_that_was_not_asked_about() -> None:
    for said, other in (("manifest", SIGGY), ("siggymd", MANIFEST)):
        for question in ("and the other one?", "What about the other article?"):
            assert asked_about(question, (), ARTICLES, content_stems(said)) == (other,)
    assert asked_about("and the other one?", (), ARTICLES, content_stems("ECT")) == ()
    assert asked_about("and the other one?", (), ARTICLES) == ()


def test_of_many_articles_only_some_are_shown() -> None:
    assert len(about("Who wrote this?", ARTICLES * MOST)) == MOST


def test_a_long_message_is_passed_over_at_once() -> None:
    began = time.perf_counter()
    assert about("is " + "page reviewed " * 100) == ()
    assert len("is " + "page reviewed " * 100) > LONGEST_ASKED
    assert time.perf_counter() - began < 1


@pytest.fixture(scope="module")
def apnea_bot(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> QABot:
    folder: Path = tmp_path_factory.mktemp("apnea")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "sleep-apnea.md").write_text(APNEA, encoding="utf-8")
    publish(read_corpus(corpus), encoder, FolderStore(folder / "index"), now=datetime.now(UTC))
    return QABot(folder / "index", encoder.name, encoder=encoder)


@pytest.mark.parametrize(
    "question", ["Who reviewed this?", "When was the sleep apnea article last updated?"]
)
def test_details_that_stand_in_no_sentence_are_given_all_the_same(
    apnea_bot: QABot, question: str
) -> None:
    answer = apnea_bot.ask(question)
    assert answer.outcome is Outcome.NOT_FOUND  # nothing can be quoted
    assert [one.reviewed_by for one in answer.about] == ["Rita Chen, MD"]
    assert answer.to_dict()["about"][0]["last_updated"] == "2026-08-02"


def test_nothing_that_an_article_says_of_its_subject_answers_who_checked_it(
    apnea_bot: QABot,
) -> None:
    assert apnea_bot.ask("Has a doctor reviewed the sleep study article?").quotes == ()
    assert apnea_bot.ask("What does a sleep study count?").about == ()


def test_what_was_asked_before_is_no_article_asked_about(apnea_bot: QABot) -> None:
    assert len(apnea_bot.ask("Who wrote this?", ["How loud is a mask?"]).about) == 1


# What articles cite ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "history", "articles"),
    [
        ("sources for the SiggyMD article", (), {SIGGY.id}),
        ("Which journals does SiggyMD cite?", (), {SIGGY.id}),
        ("where does siggymd get its facts", (), {SIGGY.id}),
        ("What is the Manifest article based on?", (), {MANIFEST.id}),
        ("and its sources?", ("Who reviewed the SiggyMD article?",), {SIGGY.id}),
        ("list the references", (), {SIGGY.id, MANIFEST.id}),
    ],
)
def test_who_asks_what_an_article_cites_gets_its_list(
    bot: QABot, message: str, history: tuple[str, ...], articles: set[str]
) -> None:
    answer = bot.ask(message, history)
    assert {quote.article.id for quote in answer.quotes} == articles
    for article in answer.about:
        quotes = [quote for quote in answer.quotes if quote.article.id == article.id]
        listed = [quote for quote in quotes if quote.role is Kind.REFERENCE]
        assert len(listed) == len(article.references)
        assert [one.start for one in listed] == sorted(one.start for one in listed)
        assert all("sourced" in one.text for one in quotes if one not in listed)


@pytest.mark.parametrize(
    "message",
    ["what sources are cited for ketamine injections", "What studies show that TMS works?"],
)
def test_sources_of_a_claim_are_looked_up(bot: QABot, message: str) -> None:
    assert bot.ask(message).about == ()


@pytest.mark.parametrize(
    ("message", "articles"),
    [
        ("what is this article about?", {SIGGY.id, MANIFEST.id}),
        ("Summarize the SiggyMD article, please", {SIGGY.id}),
        ("tl;dr", {SIGGY.id, MANIFEST.id}),
        ("What are the main points of the Manifest article?", {MANIFEST.id}),
    ],
)
def test_who_asks_what_an_article_is_about_gets_its_takeaways(
    bot: QABot, message: str, articles: set[str]
) -> None:
    answer = bot.ask(message)
    assert {quote.article.id for quote in answer.quotes} == articles
    assert {quote.role for quote in answer.quotes} == {Kind.TAKEAWAY}


def test_an_article_without_takeaways_is_told_by_how_it_begins(apnea_bot: QABot) -> None:
    (quote,) = apnea_bot.ask("Summarize this article").quotes
    assert quote.text.startswith("Obstructive sleep apnea means")


@pytest.mark.parametrize(
    "question", ["Summarize the treatments", "What is the main idea of TMS?", "the key to ECT"]
)
def test_what_is_asked_of_a_subject_is_no_list(question: str) -> None:
    assert about(question) == ()
