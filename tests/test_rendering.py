"""Readers see the articles' words, ours, and help lines from data; everything is escaped."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.answers import Answer, Escalation, Level, Outcome
from qa_bot.safety.help_lines import help_lines, regions
from qa_bot.ui.contrast import grouped
from qa_bot.ui.rendering import (
    Turn,
    announcement,
    dialed,
    harmless,
    is_stale,
    quote_link,
    render,
    render_conversation,
    section_link,
    spoken,
)
from qa_bot.ui.starters import starters
from tests.scripted import (
    ARTICLES,
    CONCERN,
    CRISIS,
    ESKETAMINE,
    FAQ,
    HOSTILE,
    LINES,
    MANIFEST,
    SCRIPT,
    SIGGY,
    SPRAVATO,
    STILL,
    STORY,
    ScriptedBot,
    quote,
)


class Page(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key) == value for key, value in wanted.items())
        ]


def shown(*answers: Answer | str) -> Page:
    turns = [
        Turn(number, "A question?", answer if isinstance(answer, Answer) else SCRIPT[answer])
        for number, answer in enumerate(answers, start=1)
    ]
    return Page(render_conversation(turns, ARTICLES, STARTERS, LINES))


STARTERS = starters(ARTICLES)

FRAME = {"root": "/", "path": "", "lines": LINES, "pane": False, "shift": 0}
PLAIN_PAGES: dict[str, dict[str, object]] = {
    "chat.html": {},
    "help_page.html": {"regions": regions(), "region": "us"},
    "error_page.html": {"heading": "Page not found", "sentence": "There is none."},
    "articles_page.html": {"articles": ARTICLES},
}


@pytest.mark.parametrize("template", PLAIN_PAGES)
def test_every_page_has_one_heading_of_the_first_rank_and_offers_help(template: str) -> None:
    page = Page(render(template, **FRAME, **PLAIN_PAGES[template]))
    assert len(page.all("h1")) == 1
    assert page.all("html", lang="en")
    assert page.all("a", href="help")
    assert page.all("a", href=f"tel:{LINES[0].call}")
    assert page.all("a", href=f"sms:{LINES[0].text_to}")


def test_a_quote_stands_in_the_articles_words_with_all_a_reader_needs_to_judge_it() -> None:
    page = shown("one")
    assert ESKETAMINE.text in page.text
    for fact in (
        "SiggyMD",
        "Esketamine (Spravato)",
        "June 19, 2026",
        "Reviewed by Daniel Montville",
    ):
        assert fact in page.text
    assert page.all("a", href=quote_link(ESKETAMINE))
    assert len(page.all("blockquote")) == 2
    assert "2 sources behind this" in page.text


def test_an_article_without_date_and_review_says_so() -> None:
    page = shown(Answer("", Outcome.ANSWERED, (SPRAVATO,)))
    assert "Date not stated" in page.text
    assert "Awaiting clinical review" in page.text


def test_a_testimonial_and_the_publishers_own_service_are_labeled() -> None:
    assert "Reader testimonial" in shown("both").text
    assert "Publisher’s own service" in shown("promotion").text


def test_quotes_are_numbered_in_the_order_shown_article_by_article() -> None:
    groups = grouped((ESKETAMINE, SPRAVATO, FAQ, STORY))
    assert [article.publisher for article, _ in groups] == ["SiggyMD", "Manifest Behavioral Health"]
    assert [[one.number for one in members] for _, members in groups] == [[1, 2, 3], [4]]
    assert [one.quote for _, members in groups for one in members] == [
        ESKETAMINE, FAQ, STORY, SPRAVATO,
    ]  # fmt: skip


def test_both_articles_stand_under_headings_of_their_own() -> None:
    page = shown("both")
    assert "Both articles speak to this" in page.text
    assert len(page.all("div", class_="group")) == 2


def test_an_article_that_only_comes_near_is_not_said_to_speak_to_it() -> None:
    far = replace(SPRAVATO, score=0.01)
    page = shown(Answer("", Outcome.ANSWERED, (replace(ESKETAMINE, score=1.0), far)))
    assert "Both articles speak" not in page.text
    assert "Here is what SiggyMD says, and what comes nearest to it elsewhere" in page.text
    assert len(page.all("div", class_="group")) == 2


def test_figures_of_one_article_are_underlined_and_the_reviewed_one_is_named() -> None:
    rates = quote(SIGGY, "response rates of 50 to 60%")
    page = shown(Answer("", Outcome.ANSWERED, (rates, SPRAVATO)))
    assert "Figures that only SiggyMD gives are underlined." in page.text
    assert "Of these, only SiggyMD’s is marked as reviewed." in page.text
    assert len(page.all("u", class_="own-figure")) == 2
    assert rates.text in page.text
    assert not shown("one").all("ul", class_="differences")


def test_the_last_question_can_be_edited_unless_it_brought_up_help_lines() -> None:
    assert len(shown("one", "cost").all("form", class_="edit")) == 1
    assert not shown("one", "die").all("form") and not shown("one", "ECT").all("form")


def test_not_found_names_what_is_missing_and_offers_what_is_near() -> None:
    page = shown("cost")
    assert "Not in these articles" in page.text
    assert "cost or insurance" in page.text
    assert [button["data-ask"] for button in page.all("button", class_="ask")] == list(
        SCRIPT["cost"].related
    )
    assert section_link(MANIFEST, SPRAVATO.section) in [link["href"] for link in page.all("a")]
    assert "#block-" in section_link(MANIFEST, SPRAVATO.section)
    assert not page.all("blockquote")


def test_beside_quotes_it_is_said_what_they_leave_unanswered() -> None:
    answer = replace(SCRIPT["one"], missing=("cost",), reply="Please ask your prescriber.")
    page = shown(answer).text
    assert "The articles give no answer about cost. I won’t guess." in page
    assert "Please ask your prescriber." in page
    said = announcement(Turn(1, "?", answer))
    assert said.endswith("Nothing about cost.")
    assert "says on the rest, in its own words" in page


def test_thanks_are_not_told_that_they_are_in_no_article() -> None:
    reply = "I’m here."
    answer = Answer("thanks", Outcome.NOT_FOUND, missing=("small talk",), reply=reply)
    turn = Turn(1, "thanks", answer)
    shown = render_conversation([turn], (), (), LINES)
    assert reply in shown and "Not in these articles" not in shown
    assert announcement(turn) == reply


def test_details_of_articles_are_shown_where_no_sentence_gives_them() -> None:
    answer = Answer("", Outcome.NOT_FOUND, about=(SIGGY,))
    page = shown(answer)
    assert "Its details, as published" in page.text and "Not in these articles" not in page.text
    assert "Reviewed by Daniel Montville, MD" in page.text
    assert announcement(Turn(1, "Who?", answer)) == "Answer ready: details of 1 article."


def test_beside_quotes_the_details_are_those_of_the_articles_not_quoted() -> None:
    answer = Answer("", Outcome.ANSWERED, (SPRAVATO,), about=ARTICLES)
    _, details = shown(answer).text.split("Details of what is not quoted")
    assert SIGGY.title in details and MANIFEST.title not in details
    assert "Details of" not in shown(replace(answer, about=(MANIFEST,))).text


def test_what_was_understood_is_said() -> None:
    assert "Read “ketamine spray” as esketamine." in shown("lay").text


def test_a_crisis_shows_the_lines_and_no_quotes() -> None:
    page = shown("die")
    assert page.all("section", class_="panel crisis")
    assert not page.all("blockquote")
    for line in LINES:
        assert line.name in page.text
        for number in filter(None, (line.call,)):
            assert page.all("a", href=f"tel:{dialed(number)}")


def test_a_crisis_panel_comes_before_anything_else_of_the_turn() -> None:
    html = render_conversation([Turn(1, "ECT?", SCRIPT["ECT"])], ARTICLES, STARTERS, LINES)
    assert html.index("panel concern") < html.index("<blockquote")


def test_an_older_danger_is_not_repeated_and_its_panel_stays_where_it_came_up() -> None:
    page = shown("die", "still")
    assert len(page.all("section", class_="panel crisis")) == 1
    assert page.all("section", **{"aria-labelledby": "panel-1"})
    assert page.all("article", **{"data-level": "crisis", "data-fresh": "no"})


def test_only_the_last_of_several_panels_is_whole() -> None:
    page = shown("ECT", "one", "die")
    assert not page.all("section", class_="panel concern")
    assert len(page.all("section", class_="panel crisis")) == 1


def test_the_panel_of_each_category_is_words_for_all_or_its_own() -> None:
    for category in ("overdose", "abuse", "postpartum", "harm to others", "psychosis", "no such"):
        page = shown(
            Answer("", Outcome.CRISIS, escalation=Escalation(Level.CRISIS, category, LINES))
        )
        assert page.all("section", class_="panel crisis")
        assert "Nobody is watching this chat" in page.text


def test_every_number_on_every_page_comes_from_the_data() -> None:
    known = {
        digits
        for line in LINES
        for field in (
            line.call,
            line.text_to,
            line.note,
            " ".join(line.languages),
            line.hours,
            line.name,
        )
        for digits in re.findall(r"\d{3,}", field.replace("-", ""))
    }
    html = "".join(
        render(template, **FRAME, **values)
        for template, values in PLAIN_PAGES.items()
        if template != "articles_page.html"
    )
    for escalation in (CRISIS, CONCERN, STILL):
        turn = Turn(1, "?", Answer("", Outcome.CRISIS, escalation=escalation))
        html += render_conversation([turn], ARTICLES, STARTERS, LINES)
    html = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    for found in re.findall(r"(?:tel|sms):(\d+)", html):
        assert found in known
    for found in re.findall(r"\b[\d-]{3,}\b", Page(html).text):
        assert found.replace("-", "") in known, found


def test_numbers_are_typed_in_no_template_and_no_script() -> None:
    from qa_bot.ui.rendering import PACKAGE

    for path in [*PACKAGE.glob("templates/*.html"), *PACKAGE.glob("static/*.js")]:
        if path.name == "icons.html":
            continue
        words = path.read_text(encoding="utf-8")
        for line in LINES:
            for number in filter(None, (line.call, line.text_to)):
                assert number not in words, (path.name, number)


@pytest.mark.parametrize("place", ["question", "problem", "missing", "related"])
def test_hostile_text_stays_text(place: str) -> None:
    answer = Answer(HOSTILE, Outcome.NOT_FOUND, missing=(HOSTILE,), related=(HOSTILE,))
    turn = {
        "question": Turn(1, HOSTILE, SCRIPT["one"]),
        "problem": Turn(1, "?", problem=HOSTILE),
    }.get(place, Turn(1, "?", answer))
    page = Page(render_conversation([turn], ARTICLES, STARTERS, LINES))
    assert not page.all("script") and not page.all("style") and not page.all("img")
    assert harmless(HOSTILE) in page.text
    assert all(
        not attribute.startswith("on")
        for _, attributes in page.elements
        for attribute in attributes
    )
    assert all(
        link["href"].startswith(("tel:", "sms:", "https://", "article/", "about:blank"))
        for link in page.all("a")
    )


@settings(deadline=None)  # the first one compiles the templates
@given(st.text())
def test_any_message_is_repeated_exactly_but_for_characters_that_mislead(message: str) -> None:
    page = Page(render_conversation([Turn(1, message, SCRIPT["one"])], ARTICLES, STARTERS, LINES))
    assert harmless(message) in page.text or "\r" in message
    assert len(page.all("script")) == 0


def test_a_message_that_was_too_long_is_repeated_only_in_part() -> None:
    turn = Turn(1, "long " * 1_000, problem="Too long.")
    page = Page(render_conversation([turn], ARTICLES, STARTERS, LINES))
    assert page.text.count("long") < 50


def test_a_long_message_that_was_answered_is_folded() -> None:
    turn = Turn(1, "long " * 200, SCRIPT["die"])
    page = Page(render_conversation([turn], ARTICLES, STARTERS, LINES))
    assert page.all("details", class_="whole-question")
    assert page.text.index("…") < 300 and ("long " * 200).strip() in page.text


def test_directional_overrides_are_made_visible_and_ordinary_text_is_not_touched() -> None:
    assert harmless("a\u202eb\u2066c\x00") == "a\ufffdb\ufffdc\ufffd"
    assert harmless("naïve “quotes”\nשלום 🙂") == "naïve “quotes”\nשלום 🙂"


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (Turn(1, "?"), ""),
        (Turn(1, "?", SCRIPT["one"]), "Answer ready: 2 quotes from 1 article."),
        (Turn(1, "?", SCRIPT["both"]), "Answer ready: 4 quotes from 2 articles."),
        (Turn(1, "?", SCRIPT["cost"]), "Answer ready: the articles do not say."),
        (Turn(1, "?", problem="Too long."), "Too long."),
        (Turn(1, "?", SCRIPT["index"]), SCRIPT["index"].problem),
    ],
)
def test_the_announcement_says_in_one_sentence_what_arrived(turn: Turn, said: str) -> None:
    assert announcement(turn) == said


def test_a_date_is_stale_after_a_year_and_when_unknown() -> None:
    today = date(2026, 11, 21)
    assert not is_stale(date(2025, 11, 21), today)
    assert is_stale(date(2025, 11, 20), today)
    assert is_stale(None, today)


def test_numbers_are_dialed_without_dashes_and_read_digit_by_digit() -> None:
    assert dialed("1-800-222-1222") == "18002221222"
    assert spoken("988") == "9 8 8"


def test_the_scripted_bot_remembers_what_it_was_asked() -> None:
    bot = ScriptedBot()
    bot.ask("one", ["before"])
    assert bot.asked == [("one", ("before",))]


def test_who_took_too_much_is_told_whom_to_ask_and_when_it_is_an_emergency() -> None:
    lines = help_lines("medication safety")
    escalation = Escalation(Level.CONCERN, "medication safety", lines)
    page = shown(Answer("", Outcome.NOT_FOUND, escalation=escalation))
    panel = page.text.split("If too much was taken")[1].split("More ways to get help")[0]
    assert lines[0].name in panel and "have an emergency" not in panel
    assert page.all("a", href="tel:911")
    assert "does not have to be an emergency" not in page.text


def test_after_a_crisis_a_message_that_goes_on_says_how_the_articles_come_back() -> None:
    escalation = Escalation(Level.CRISIS, "suicidal thoughts", LINES, fresh=False)
    answer = Answer("", Outcome.CRISIS, escalation=escalation)
    assert "write a whole question" in shown("die", answer).text
    assert "further up" in announcement(Turn(2, "no", answer))
