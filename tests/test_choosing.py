"""Which sentences are quoted: few, each once, whole, and with what they lean on."""

from itertools import pairwise

import pytest

from qa_bot.answering.choosing import MOST_QUOTED_WORDS, MOST_QUOTES
from qa_bot.answering.neighbors import LONGEST_QUOTE, SHORT, leans
from qa_bot.answers import Answer
from qa_bot.articles.passages import sentences
from qa_bot.chat import QABot
from qa_bot.evaluation.metrics import quoted_words


def test_no_sentence_is_quoted_twice(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        places = sorted((quote.article.id, quote.start, quote.end) for quote in answer.quotes)
        for (article, _, end), (following, start, _) in pairwise(places):
            assert article != following or end <= start


def test_an_answer_is_short(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        assert 1 <= len(answer.quotes) <= MOST_QUOTES, answer.question
        assert len(answer.quotes) == 1 or quoted_words(answer) <= MOST_QUOTED_WORDS, answer.question


def test_the_best_quote_comes_first_and_scores_are_probabilities(
    answers: dict[str, Answer],
) -> None:
    for answer in answers.values():
        assert all(0 < quote.score <= 1 for quote in answer.quotes)
        assert answer.quotes[0].score == pytest.approx(max(q.score for q in answer.quotes))
        assert answer.confidence is not None and 0 <= answer.confidence <= 1


def test_a_sentence_that_leans_on_its_neighbor_brings_it_along(
    bot: QABot, answers: dict[str, Answer]
) -> None:
    leaning = ("This ", "These ", "Its ", "It ", "However", "They ", "Rather ")
    brought = 0
    for answer in answers.values():
        for quote in answer.quotes:
            of = sentences(quote.article)
            position = next(s.position for s in of if s.start == quote.start)
            if quote.text.startswith(leaning):
                # Only the first sentence of a block has nothing above to bring. One is brought.
                assert position == 0 or len(_sentences_in(answer, quote.start, quote.end)) >= 2
            brought += any(mark in quote.text for mark in (f". {word}" for word in leaning))
    assert brought


def test_a_neighbor_comes_along_that_was_not_found_by_itself(
    bot: QABot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_bot.retrieval.ranking.CANDIDATES", 1)
    quoted = [quote.text for quote in bot.ask("why cant i take the spray on my own sofa").quotes]
    (with_neighbor,) = (text for text in quoted if "It is co-administered" in text)
    assert not with_neighbor.startswith("It is co-administered")


def _sentences_in(answer: Answer, start: int, end: int) -> list[int]:
    article = next(q.article for q in answer.quotes if (q.start, q.end) == (start, end))
    return [s.start for s in sentences(article) if start <= s.start and s.end <= end]


@pytest.mark.parametrize(
    "question", ["Is TMS effective for treatment-resistant depression?", "Is ECT still used?"]
)
def test_a_bare_yes_is_never_quoted_alone(bot: QABot, question: str) -> None:
    texts = [quote.text for quote in bot.ask(question).quotes]
    assert texts
    assert not any(text.startswith("Yes") and len(text.split()) <= SHORT for text in texts)


def test_a_bare_yes_replies_to_its_own_question_alone(bot: QABot) -> None:
    own = "Can MAOIs help when SSRIs and SNRIs have failed?"
    assert bot.ask(own).quotes[0].text.startswith("Yes. MAOIs work through")
    texts = [quote.text for quote in bot.ask("How do MAOIs work?").quotes]
    assert any("MAOIs work through" in text for text in texts)
    assert not any("Yes." in text for text in texts)
    assert not bot.ask("Is it safe to combine phenelzine and sertraline?").quotes


def test_markers_are_resolved_to_the_sources_of_the_article(
    bot: QABot, answers: dict[str, Answer]
) -> None:
    ect = bot.ask("Is ECT done under anesthesia today?")
    resolved = 0
    for answer in (ect, *answers.values()):
        for quote in answer.quotes:
            listed = {f"[{r.number}]": str(r) for r in quote.article.references}
            cited = tuple(text for marker, text in listed.items() if marker in quote.text)
            assert quote.references == cited
            resolved += len(cited)
    assert resolved
    first = next(quote for quote in ect.quotes if "[2]" in quote.text)
    assert first.references[0].startswith("[2] National Institute of Mental Health")


@pytest.mark.parametrize(
    "question", ["What is treatment-resistant depression?", "Does TMS need anesthesia?"]
)
def test_both_articles_are_quoted_where_both_speak(bot: QABot, question: str) -> None:
    assert len({quote.article.id for quote in bot.ask(question).quotes}) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        "Should I switch antidepressants?",
        "Is it wise to double my dose?",
        "can i stop taking my SSRI",
        "Should my mother have ECT?",
    ],
)
def test_who_asks_what_to_do_also_reads_who_decides_that(bot: QABot, question: str) -> None:
    answer = bot.ask(question)
    assert any("clinician" in quote.text for quote in answer.quotes), question
    assert sum(len(quote.text.split()) for quote in answer.quotes) <= MOST_QUOTED_WORDS + 30
    assert not any(
        "should be made with a qualified clinician" in quote.text
        for quote in bot.ask("What is TMS?").quotes
    )


def test_a_long_quote_is_cut_before_a_sentence_that_stands_alone(
    bot: QABot, answers: dict[str, Answer]
) -> None:
    generation = bot.generation()
    several = 0
    for answer in answers.values():
        for quote in answer.quotes:
            inside = _sentences_in(answer, quote.start, quote.end)
            if len(inside) < 2:
                continue
            several += 1
            *_, before, last = (
                generation.text(s) for s in sentences(quote.article) if s.start in inside
            )
            if len(before.split()) > SHORT and not leans(last):
                assert len(quote.text.split()) <= LONGEST_QUOTE, quote.text
    assert several


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Esketamine and MAOIs: which brain chemical does each one work on?", ("NMDA", "MAOIs")),
        ("How does esketamine act compared with TMS?", ("NMDA", "magnetic pulses")),
        ("When do you swap a pill and when do you add one?", ("switching", "Adding")),
    ],
)
def test_of_two_things_side_by_side_both_are_spoken_of_early(
    bot: QABot, question: str, sides: tuple[str, str]
) -> None:
    quoted = " ".join(quote.text for quote in bot.ask(question).quotes[:2])
    assert all(side in quoted for side in sides)
