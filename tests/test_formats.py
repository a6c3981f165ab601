from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.articles.formats import READERS, markdown, plain_text
from qa_bot.articles.pieces import Shape


def shapes(text: str, pieces: list) -> list[tuple[str, str]]:
    return [(piece.shape.value, text[piece.start : piece.end]) for piece in pieces]


def test_a_lone_short_line_is_told_from_a_paragraph() -> None:
    long = "TMS uses magnetic pulses. " * 6
    text, pieces = plain_text(f"What is TMS?\n\n{long}\n")
    assert shapes(text, pieces) == [("line", "What is TMS?"), ("paragraph", long.strip())]


def test_bullets_and_numbers_are_items_and_indented_lines_belong_to_them() -> None:
    text, pieces = plain_text("  • Does it hurt?\n    No.\n  1. [1] A source.\n")
    assert shapes(text, pieces) == [
        ("item", "Does it hurt?"),
        ("item body", "No."),
        ("item", "[1] A source."),
    ]


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    text, pieces = plain_text("ECT requires anesthesia\nand a hospital.\n\nIt helps.")
    assert shapes(text, pieces)[0] == ("paragraph", "ECT requires anesthesia\nand a hospital.")


def test_long_lines_without_blank_ones_between_are_paragraphs_of_their_own() -> None:
    one, two = "First things come first. " * 8, "Second things come second. " * 8
    text, pieces = plain_text(f"{one}\n{two}")
    assert [words for _, words in shapes(text, pieces)] == [one.strip(), two.strip()]


def test_markdown_loses_its_markup_and_keeps_its_structure() -> None:
    text, pieces = markdown(
        "# Title\n\nA **bold** [link](http://example.org).\n\n- one\n- two\n\n"
        "| a | b |\n|---|---|\n| c | d |\n\n<script>alert(1)</script>\n\n![alt](x.png)\n"
    )
    assert shapes(text, pieces) == [
        ("heading", "Title"),
        ("paragraph", "A bold link."),
        ("item", "one"),
        ("item", "two"),
        ("paragraph", "c | b: d"),
    ]
    assert "script" not in text


def test_footnotes_of_markdown_are_references_with_the_numbers_that_cite_them() -> None:
    body = "TMS helps.[^trial] It is given daily.^[A *label*.] It helps.[^trial]\n\n"
    note = "[^trial]: Smith 2020.\n\n    Second part.\n"
    for heading in ("", "## Sources\n\n"):
        text, pieces = markdown(f"# Title\n\n{body}{heading}{note}")
        assert shapes(text, pieces) == [
            ("heading", "Title"),
            ("paragraph", "TMS helps.[1] It is given daily.[2] It helps.[1]"),
            ("heading", "Sources" if heading else "References"),
            ("item", "[1] Smith 2020. Second part."),
            ("item", "[2] A label."),
        ]


@given(st.text(max_size=600), st.sampled_from(sorted(READERS)))
def test_pieces_come_in_order_never_overlap_and_hold_text(content: str, suffix: str) -> None:
    text, pieces = READERS[suffix](content)
    for before, after in pairwise(pieces):
        assert before.end <= after.start
    for piece in pieces:
        assert 0 <= piece.start < piece.end <= len(text)
        assert text[piece.start : piece.end].strip()


@given(st.text(max_size=600))
def test_no_character_of_a_text_file_is_changed_or_lost_but_markers(content: str) -> None:
    text, pieces = plain_text(content)
    assert text == content
    kept = "".join(text[piece.start : piece.end] for piece in pieces)
    letters = [character for character in content if character.isalpha()]
    assert [character for character in kept if character.isalpha()] == letters


def test_every_shape_is_made_by_some_reader() -> None:
    made = {
        piece.shape
        for reader in READERS.values()
        for piece in reader("# H\n\nLine\n\n" + "word " * 40 + "\n\n- item\n    more\n")[1]
    }
    assert made == set(Shape)
