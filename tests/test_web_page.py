"""Saved pages, as short as they can be, and eight whole ones (`data/pages`) in the manner of as many
kinds of sites: blog, health publisher, health service, hospital, essay, clinic, wiki, agency."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from qa_bot.articles.article import read_article
from qa_bot.articles.page_facts import web_facts
from qa_bot.articles.pieces import Shape
from qa_bot.articles.web_page import web_page
from qa_bot.records import Kind
from tests.conftest import DATA

PAGE = """<!doctype html><html><head><title>Sleep | Acme</title>
<meta property="og:site_name" content="Acme Health">
<link rel="canonical" href="https://acme.example/sleep">
<meta property="article:modified_time" content="2026-05-01T10:00:00Z"></head>
<body><header><a href="/">Acme</a></header><nav><ul><li>Home</li></ul></nav>
<main><h1>Sleep and <em>depression</em></h1>
<p>Poor <b>sleep</b> makes <a href="/d">depression</a> worse.<sup>1</sup>
<br>Ask&nbsp;about it &amp; rest.</p>
<!-- a comment --><script>track()</script>
<h2>What helps?</h2><ul><li>A fixed hour<p>Every day the same.</p></li><li>Less light</li></ul>
<table><tr><th>Drug</th><th>Effect</th></tr><tr><td>Trazodone</td><td>Sleepy</td></tr></table>
<dl><dt>Latency</dt><dd>How long it takes to fall asleep.</dd></dl>
<details><summary>Is it safe?</summary>Mostly, <b>it</b> is. Ask a pharmacist.</details>
</main><footer>© Acme</footer></body></html>"""
TEXT = (
    "<p>Sleep comes when the day has been long and the room is dark, cool and quiet at last.</p>"
    "<p>Those who lie awake for weeks, and are tired by noon, should talk to somebody about it.</p>"
)
MORE = (
    "<p>Most adults need seven hours or more, and few can do with less for longer than a month.</p>"
    "<p>A nap in the afternoon helps for a while, as long as it ends before the clock strikes four.</p>"
)
QUOTED = (Kind.BODY, Kind.FAQ, Kind.LIST_ITEM, Kind.TAKEAWAY, Kind.CRISIS_NOTICE, Kind.PROMOTION)
WHOLE = sorted((DATA / "pages").glob("*.html"))


def test_the_article_is_kept_and_what_frames_it_is_not() -> None:
    text, pieces = web_page(PAGE)
    assert [(piece.shape, text[piece.start : piece.end], piece.level) for piece in pieces] == [
        (Shape.HEADING, "Sleep and depression", 1),
        (Shape.PARAGRAPH, "Poor sleep makes depression worse.[1] Ask about it & rest.", 0),
        (Shape.HEADING, "What helps?", 2),
        (Shape.ITEM, "A fixed hour", 0),
        (Shape.ITEM_BODY, "Every day the same.", 0),
        (Shape.ITEM, "Less light", 0),
        (Shape.PARAGRAPH, "Trazodone | Effect: Sleepy", 0),
        (Shape.ITEM, "Latency: How long it takes to fall asleep.", 0),
        (Shape.HEADING, "Is it safe?", 3),
        (Shape.PARAGRAPH, "Mostly, it is. Ask a pharmacist.", 0),
    ]


def plain(words: str) -> str:
    return re.sub(r"[\W_]+", " ", words).strip().lower()


def labeled(page: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("page", WHOLE, ids=lambda page: page.stem)
def test_of_a_whole_page_the_article_is_quoted_and_little_else(page: Path) -> None:
    article, labels = read_article(page), labeled(page)
    quoted = [
        plain(article.text[block.start : block.end])
        for block in article.blocks
        if block.kind in QUOTED
    ]
    whole = plain(article.text)
    told = [
        one for one in labels["article"] if one["kind"] in ("paragraph", "item", "answer", "row")
    ]
    kept = [
        all(any(plain(part) in one for one in quoted) for part in one["text"].split(" | "))
        for one in told
    ]
    headings = [one["text"] for one in labels["article"] if one["kind"] in ("heading", "question")]
    assert sum(kept) >= 0.8 * len(kept), [
        one["text"] for one, is_kept in zip(told, kept, strict=True) if not is_kept
    ]
    assert sum(plain(one) in whole for one in headings) >= 0.7 * len(headings)
    own = {plain(one["text"]) for one in labels["article"]}
    noise = [plain(one) for one in labels["noise"] if len(one) >= 12]
    leaked = [one for one in noise if any(one in words for words in quoted) and one not in own]
    assert len(leaked) <= 0.25 * len(noise), leaked


def test_of_all_whole_pages_nearly_everything_is_told_and_nearly_no_noise() -> None:
    kept = told = leaked = noise = 0
    for page in WHOLE:
        labels, article = labeled(page), read_article(page)
        whole = plain(article.text)
        texts = [
            one["text"] for one in labels["article"] if one["kind"] not in ("reference", "caption")
        ]
        own = " ".join(map(plain, texts))
        frames = [plain(one) for one in labels["noise"] if len(one) >= 12 and plain(one) not in own]
        told += len(texts)
        kept += sum(all(plain(part) in whole for part in one.split(" | ")) for one in texts)
        noise += len(frames)
        leaked += sum(one in whole for one in frames)
    print(f"{kept} of {told} parts of articles, {leaked} of {noise} of what frames them")
    assert kept >= 0.95 * told
    assert leaked <= 0.06 * noise


@pytest.mark.parametrize(
    ("page", "facts"),
    [
        (
            "1_wordpress_insomnia",
            {"reviewed_by": "Ada Lindqvist, PhD", "publisher": "Restful Root"},
        ),
        ("2_publisher_migraine", {"reviewed_by": "Dana Okafor, MD", "last_updated": "2025-03-03"}),
        ("4_hospital_knee", {"reviewed_by": "Harold Finney, DO"}),
        ("7_wiki_eib", {"last_updated": "2024-08-04"}),
        ("8_government_ppd", {"publisher": "Federal Office of Family Health"}),
    ],
)
def test_a_page_states_facts_in_its_own_way(page: str, facts: dict[str, str]) -> None:
    found = web_facts((DATA / "pages" / f"{page}.html").read_text(encoding="utf-8"))
    assert facts.items() <= found.items()


def test_the_head_states_facts() -> None:
    assert web_facts(PAGE) == {
        "publisher": "Acme Health",
        "url": "https://acme.example/sleep",
        "last_updated": "2026-05-01",
    }
    assert web_facts("<p>Nothing.</p>") == {}
    assert web_facts("") == {} and web_page("") == ("", [])


def test_scripts_that_say_nothing_are_no_hindrance() -> None:
    scripts = "".join(
        f"<script type='application/ld+json'>{said}</script>"
        for said in (
            "{broken",
            "7",
            '[{"reviewedBy": [], "dateModified": 2026}]',
            '{"@graph": null}',
            '{"@graph": {"reviewedBy": "Nobody"}}',
            '{"@graph": [{"reviewedBy": [{"name": "A. Smith, MD"}]}, 3]}',
        )
    )
    found = web_facts(f"<html><head>{scripts}</head><body>{TEXT}</body></html>")
    assert found == {"reviewed_by": "A. Smith, MD"}


def test_a_page_of_a_few_words_is_read_all_the_same() -> None:
    text, _ = web_page("<header>Acme</header><div><h1>Sleep</h1><p>Rest well tonight.</p></div>")
    assert text.startswith("Sleep") and "Rest well tonight." in text


def test_words_for_screen_readers_do_not_run_into_those_beside_them() -> None:
    link = "<a href=x>one study<span class='sr-only'>Trusted Source</span></a>"
    text, _ = web_page(f"<main><h1>Sleep</h1>{TEXT}<p>In {link}, naps helped most.</p></main>")
    assert "In one study, naps helped most." in text


def test_a_form_around_the_whole_page_is_no_form_to_fill_in() -> None:
    text, _ = web_page(
        f"<form action='/page.aspx'><input name='q'><nav>Home</nav><h1>Sleep</h1>{TEXT}</form>"
        "<form><label>Your address</label><input></form>"
    )
    assert text.startswith("Sleep\n\nSleep comes") and "address" not in text


def test_a_table_in_a_table_is_read_once() -> None:
    inner = "<table><tr><td>one</td><td>two</td></tr></table>"
    text, _ = web_page(
        f"<main><h1>T</h1>{TEXT}<table><tr><td>a {inner}</td><td>b</td></tr></table></main>"
    )
    assert text.count("one") == 1


@pytest.mark.parametrize(
    "button",
    [
        "<button aria-expanded=false>Does coffee help?</button><div hidden><p>Both. It does.</p></div>",
        "<h3><button aria-controls=p>Does coffee help?</button></h3>"
        "<div id=p aria-hidden=true><p>Both. It does.</p></div>",
    ],
)
def test_what_a_button_opens_stands_under_it(button: str) -> None:
    text, pieces = web_page(f"<main><h1>Headache</h1>{TEXT}{button}{MORE}</main>")
    assert "Does coffee help?\n\nBoth. It does." in text
    question = next(p for p in pieces if text[p.start : p.end] == "Does coffee help?")
    assert question.shape is Shape.HEADING


@pytest.mark.parametrize(
    "part",
    [
        "<details><!-- x --><b>o</b><summary>Why?</summary>So it is. It is so.</details>",
        "<button aria-expanded=false>Why?</button><div hidden><!-- x --><p>So it is.</p></div>",
    ],
)
def test_comments_and_other_parts_among_what_is_unfolded_do_no_harm(part: str) -> None:
    text, _ = web_page(f"<main><h1>Headache</h1>{TEXT}{part}{MORE}</main>")
    assert "Why?" in text and "So it is." in text


def test_a_title_on_two_lines_has_space_between_them() -> None:
    assert web_page(f"<main><h1>Stress<br>or worry?</h1>{TEXT}</main>")[0].startswith(
        "Stress or worry?\n\n"
    )


def test_a_declaration_of_xml_is_no_hindrance() -> None:
    page = (
        f"<html><head><title>T</title></head><body><main><h1>Sleep</h1>{TEXT}</main></body></html>"
    )
    declared = f'<?xml version="1.0" encoding="utf-8"?>\n{page}'
    assert web_page(declared) == web_page(page) and web_facts(declared) == web_facts(page)


def test_a_button_of_a_menu_opens_no_text() -> None:
    menu = "<button aria-expanded=false>Menu</button><div hidden><a href=x>Home</a></div>"
    text, _ = web_page(f"<main><h1>Headache</h1>{menu}{TEXT}</main>")
    assert "Menu" not in text and "Home" not in text


def test_the_list_of_sources_comes_last_whatever_stands_below_it() -> None:
    sources = "<h2>References</h2><ol><li><a href=#b>^</a> Smith 2020.</li><li>Lee 2021.</li></ol>"
    text, pieces = web_page(f"<main><h1>Sleep</h1>{TEXT}{sources}<h2>Notes</h2>{MORE}</main>")
    assert text.endswith("References\n\nSmith 2020.\n\nLee 2021.")
    assert [piece.shape for piece in pieces][-3:] == [Shape.HEADING, Shape.ITEM, Shape.ITEM]
