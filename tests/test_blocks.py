import pytest

from qa_bot.articles.blocks import classify, sentence_kind
from qa_bot.articles.corpus import read_corpus
from qa_bot.articles.formats import markdown, plain_text
from qa_bot.records import Article, Kind
from tests.conftest import CORPUS


def kinds(content: str, **known: str) -> dict[str, str]:
    """First words of each block → its kind."""
    text, pieces = plain_text(content)
    return {
        text[block.start : block.end][:24]: block.kind.value
        for block in classify(text, pieces, **known)
    }


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {article.publisher: article for article in read_corpus(CORPUS).articles}


def kind_of(article: Article, words: str) -> Kind:
    place = article.text.index(words)
    return next(block.kind for block in article.blocks if block.start <= place < block.end)


BODY = "TMS uses magnetic pulses to reach the parts of the brain that regulate mood, and it is painless."


def test_what_stands_above_the_title_is_a_kicker_and_what_describes_a_picture_a_caption() -> None:
    found = kinds(
        f"Deep dive\n\nA Guide to Magnetic Stimulation\n\nA quiet road at dawn, no people\n\n"
        f"Editor's note: This page is awaiting review.\n\nHow it works\n\n{BODY}\n"
    )
    assert found == {
        "Deep dive": "caption",
        "A Guide to Magnetic Stim": "title",
        "A quiet road at dawn, no": "caption",
        "Editor's note: This page": "note",
        "How it works": "heading",
        BODY[:24]: "body",
    }


def test_an_abbreviation_above_a_paragraph_is_a_heading_and_above_a_name_a_portrait() -> None:
    found = kinds(f"My Long Enough Title\n\nECT\n\n{BODY}\n\nDW\n\nD.W., 44\n\n{BODY}")
    assert found["ECT"] == "heading"
    assert found["DW"] == found["D.W., 44"] == "caption"


def test_questions_and_answers_are_found_as_bullets_and_as_headings() -> None:
    bullets = "Frequently asked questions\n\n  • Does it hurt?\n    No, it does not hurt.\n"
    headings = f"FAQs\n\nDoes it hurt?\n\n{BODY}\n"
    for content in (bullets, headings):
        text, pieces = plain_text(content)
        question, answer = classify(text, pieces)[1:]
        assert question.kind is Kind.FAQ_QUESTION
        assert answer.kind is Kind.FAQ
        assert answer.section[1:] == ("Does it hurt?",)


def test_a_section_is_named_with_those_it_is_part_of() -> None:
    content = (
        "# Mood\n\n## Treatments\n\nThere are two.\n\n### Medicines\n\n#### Side effects\n\nNausea."
        "\n\n### FAQ\n\n#### Do they work?\n\nOften.\n\n## References\n\n### Trials\n\nSmith 2020.\n"
    )
    text, pieces = markdown(content)
    found = {text[one.start : one.end]: (one.kind, one.section) for one in classify(text, pieces)}
    assert found["There are two."] == (Kind.BODY, ("Treatments",))
    assert found["Nausea."] == (Kind.BODY, ("Treatments", "Medicines", "Side effects"))
    assert found["Often."] == (Kind.FAQ, ("Treatments", "FAQ", "Do they work?"))
    assert found["Smith 2020."] == (Kind.REFERENCE, ("References", "Trials"))


def test_a_question_in_bold_is_one_of_the_faq_and_one_below_it_begins_its_answer() -> None:
    content = (
        "# Sleep\n\n## FAQ\n\n**Does it go away?**\n\nBy itself? For some.\n\n**Should I nap?**\n\n"
        "Why not?\n\nKeep it short.\n\nIn a crisis, call or text 988.\n"
    )
    text, pieces = markdown(content)
    found = [
        (text[one.start : one.end], one.kind, one.section[1:]) for one in classify(text, pieces)
    ]
    first, second = ("Does it go away?",), ("Should I nap?",)
    assert found[2:] == [
        ("Does it go away?", Kind.FAQ_QUESTION, first),
        ("By itself? For some.", Kind.FAQ, first),
        ("Should I nap?", Kind.FAQ_QUESTION, second),
        ("Why not?", Kind.FAQ, second),
        ("Keep it short.", Kind.FAQ, second),
        ("In a crisis, call or text 988.", Kind.CRISIS_NOTICE, second),
    ]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("← Back to Blog", "navigation"),
        ("Reviewed byDaniel Montville, MD", "byline"),
        ("Example Team · Last updated June 19, 2026", "byline"),
        ("This is not a substitute for advice from your own doctor or therapist.", "disclaimer"),
        (
            "If you are in crisis, call or text 988 at any time of the day or night.",
            "crisis notice",
        ),
        ("“I tried four of them. My doctor then found the one that works for me.”", "testimonial"),
        (
            "Contact us to schedule a visit with one of our friendly coordinators today.",
            "promotion",
        ),
        ("Share on Facebook", "navigation"),
        ("5 min read", "navigation"),
        ("© 2026 Acme Health. All rights reserved.", "navigation"),
        ("Copyright 2026 by Acme Health and its partners", "navigation"),
        ("We use cookies to improve your visit and to count readers.", "navigation"),
        ("Share on paper what you feel each day, and read it again a week later.", "body"),
        (
            "To read on, see our guide on therapy that walks through all of the options.",
            "navigation",
        ),
    ],
)
def test_a_paragraph_says_what_it_is(words: str, kind: str) -> None:
    assert kinds(f"A Long Enough Title\n\n{BODY}\n\n{words}\n\n{BODY}x\n")[words[:24]] == kind


def test_a_publisher_on_its_own_service_promotes_but_its_clinician_is_quoted() -> None:
    service = "Acme Health offers daily visits and a program that fits around your working week."
    quoted = "“Monitoring matters,” says Ann Lee, MD, of the Acme Health team, who treats adults."
    found = kinds(f"Some Long Title\n\n{BODY}\n\n{service}\n\n{quoted}\n", publisher="Acme Health")
    assert found[service[:24]] == "promotion"
    assert found[quoted[:24]] == "body"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Common causes:", Kind.LEAD_IN),
        ("Was each medication given a fair trial?", Kind.LEAD_IN),
        ("And then, somehow, you are still depressed.", Kind.LEAD_IN),
        ("You finally got help.", Kind.LEAD_IN),
        ("This guide explains what the term means.", Kind.OUTLINE),
        ("Doses were too low.", Kind.BODY),
    ],
)
def test_a_sentence_that_only_announces_is_no_evidence(words: str, kind: Kind) -> None:
    assert sentence_kind(words, Kind.BODY) is kind


@pytest.mark.parametrize(
    ("publisher", "words", "kind"),
    [
        ("Manifest Behavioral Health", "Condition deep dive", Kind.CAPTION),
        ("Manifest Behavioral Health", "Early morning light", Kind.CAPTION),
        ("Manifest Behavioral Health", "What treatment-resistant depression really", Kind.OUTLINE),
        ("Manifest Behavioral Health", "Many cases that look resistant", Kind.TAKEAWAY),
        ("Manifest Behavioral Health", "At Manifest Behavioral Health, that care", Kind.PROMOTION),
        ("Manifest Behavioral Health", "Most clinicians use the threshold", Kind.FAQ),
        ("Manifest Behavioral Health", "[2] National Institute of Mental Health", Kind.REFERENCE),
        ("SiggyMD", "← Back to Blog", Kind.NAVIGATION),
        ("SiggyMD", "DM\n", Kind.CAPTION),
        ("SiggyMD", "What pseudo-resistance is and why", Kind.OUTLINE),
        ("SiggyMD", "“The patients I see who arrive", Kind.BODY),
        ("SiggyMD", "“I had been on four", Kind.TESTIMONIAL),
        ("SiggyMD", "Electroconvulsive therapy remains", Kind.BODY),
        ("SiggyMD", "Mental healthcare should stay", Kind.PROMOTION),
        ("SiggyMD", "Start Anonymous Intake", Kind.NAVIGATION),
    ],
)
def test_the_traps_of_real_exports(
    articles: dict[str, Article], publisher: str, words: str, kind: Kind
) -> None:
    assert kind_of(articles[publisher], words) is kind
