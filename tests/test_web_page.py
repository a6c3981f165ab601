import pytest

from qa_bot.articles.pieces import Shape
from qa_bot.articles.web_page import web_facts, web_page

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
<details><summary>Is it safe?</summary>Mostly.</details>
</main><footer>© Acme</footer></body></html>"""


def test_the_article_is_kept_and_what_frames_it_is_not() -> None:
    text, pieces = web_page(PAGE)
    assert [(piece.shape, text[piece.start : piece.end], piece.level) for piece in pieces] == [
        (Shape.HEADING, "Sleep and depression", 1),
        (Shape.PARAGRAPH, "Poor sleep makes depression worse.[1] Ask about it & rest.", 0),
        (Shape.HEADING, "What helps?", 2),
        (Shape.ITEM, "A fixed hour", 0),
        (Shape.ITEM_BODY, "Every day the same.", 0),
        (Shape.ITEM, "Less light", 0),
        (Shape.PARAGRAPH, "Drug | Effect", 0),
        (Shape.PARAGRAPH, "Trazodone | Sleepy", 0),
        (Shape.HEADING, "Is it safe?", 3),
        (Shape.PARAGRAPH, "Mostly.", 0),
    ]


def test_a_page_without_a_main_part_loses_the_sites_header_and_footer() -> None:
    text, _ = web_page("<header>Acme</header><div><h1>Sleep</h1>Rest.</div><footer>©</footer>")
    assert text == "Sleep\n\nRest."


def test_a_menu_above_the_title_is_left_out_and_a_list_of_links_below_it_is_not() -> None:
    links = "<ul><li><a href='/a'>{}</a></li><li><a href='/b'>{}</a></li></ul>"
    menu, treatments = links.format("Home", "About us"), links.format("TMS", "ECT")
    text, _ = web_page(f"<div>{menu}</div><ul><li>Checked in 2026</li></ul><h1>T</h1>{treatments}")
    assert text == "Checked in 2026\n\nT\n\nTMS\n\nECT"
    assert web_page(menu)[0] == "Home\n\nAbout us"


def test_a_form_around_the_whole_page_is_no_form_to_fill_in() -> None:
    text, _ = web_page(
        "<form action='/page.aspx'><input name='q'><nav>Home</nav><h1>Sleep</h1><p>Rest.</p></form>"
        "<form><label>Your address</label><input></form>"
    )
    assert text == "Sleep\n\nRest."


def test_the_head_states_facts() -> None:
    assert web_facts(PAGE) == {
        "publisher": "Acme Health",
        "url": "https://acme.example/sleep",
        "last_updated": "2026-05-01",
    }
    assert web_facts("<p>Nothing.</p>") == {}


def test_a_table_in_a_table_is_read_once() -> None:
    inner = "<table><tr><td>one</td><td>two</td></tr></table>"
    text, _ = web_page(
        f"<main><h1>T</h1><table><tr><td>a {inner}</td><td>b</td></tr></table></main>"
    )
    assert text.count("one") == 1


def test_the_longest_article_of_a_page_is_the_one_meant() -> None:
    teaser, story = "<article><p>Read on.</p></article>", "<article><p>Sleep is long.</p></article>"
    assert web_page(f"<body>{teaser}{story}</body>")[0] == "Sleep is long."


@pytest.mark.parametrize(
    "button",
    [
        "<button aria-expanded=false>Does coffee help?</button><div hidden><p>Both. It does.</p></div>",
        "<h3><button aria-controls=p>Does coffee help?</button></h3>"
        "<div id=p aria-hidden=true>Both. It does.</div>",
    ],
)
def test_what_a_button_opens_stands_under_it(button: str) -> None:
    text, pieces = web_page(f"<main><h1>Headache</h1><p>It hurts.</p>{button}</main>")
    assert text.endswith("Does coffee help?\n\nBoth. It does.")
    assert [piece.shape for piece in pieces][-2:] == [Shape.HEADING, Shape.PARAGRAPH]


def test_a_button_of_a_menu_opens_no_text() -> None:
    menu = "<button aria-expanded=false>Menu</button><div hidden><a href=x>Home</a></div>"
    assert web_page(f"<main><h1>Headache</h1>{menu}<p>It hurts.</p></main>")[0] == (
        "Headache\n\nIt hurts."
    )
