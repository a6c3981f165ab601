import io
import sys
from pathlib import Path
from types import SimpleNamespace

import docx
import pytest
from docx.oxml.ns import qn
from pypdf.errors import DependencyError

from qa_bot.articles.article import read_article
from qa_bot.articles.documents import INSTALL, pdf, word_document
from qa_bot.articles.pieces import Shape
from qa_bot.editing.checking import check
from qa_bot.errors import CorpusError
from tests.test_checking import HELP, SENTENCE, TODAY

LINES = (
    "Sleep and depression",
    "Poor sleep makes depression worse, and depression makes sleep poor, as",
    "many people who live with it know all too well.",
    "What helps?",
    "- A fixed hour every day of the week.",
    "- Less light in the evening.",
)


def pdf_of(*lines: str) -> bytes:
    """A PDF of one page, with a line of text each."""
    shown = " T* ".join(f"({line}) Tj" for line in lines)
    drawn = f"BT /F1 12 Tf 14 TL 50 700 Td {shown} ET".encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (table, len(out))
    )


def lines_of_pages(*pages: list[str], monkeypatch: pytest.MonkeyPatch) -> list[tuple[Shape, str]]:
    """What is made of pages with these lines."""

    class Reader:
        def __init__(self, _: object) -> None:
            self.pages = [SimpleNamespace(extract_text=lambda p=p: "\n".join(p)) for p in pages]

    monkeypatch.setattr("pypdf.PdfReader", Reader)
    text, pieces = pdf(b"")
    return [(piece.shape, text[piece.start : piece.end]) for piece in pieces]


COLUMN = [
    "Gout is an inflammation of a joint that is caused",
    "by crystals of uric acid. Two thirds of long-term",
    "patients have it in one joint; the others in sev-",
    "eral. A low-dose drug is given at first, and the",
    "low-",
    "dose drug is raised later by the prescriber alone.",
    "Who is at risk?",
    "Men are affected three times as often as women, and",
    "most of them are older than forty years of age when",
    "the first attack comes.",
]


def test_a_line_across_the_columns_leaves_the_columns_paragraphs_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wide = (
        "A guide for patients of Lakeside Hospital and their families, written by the clinic " * 2
    )
    found = lines_of_pages([wide, *COLUMN], monkeypatch=monkeypatch)
    paragraphs = [words for shape, words in found if shape is Shape.PARAGRAPH]
    assert (
        "in several. A low-dose drug is given at first, and the low-dose drug is" in paragraphs[-2]
    )
    assert (Shape.HEADING, "Who is at risk?") in found
    assert paragraphs[-1].endswith("when the first attack comes.")


def test_what_frames_two_pages_is_no_text_whatever_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = [["Lakeside — Page 1 of 2", *COLUMN], ["Lakeside — Page 2 of 2", "Rest.", "Cool it."]]
    found = lines_of_pages(*pages, monkeypatch=monkeypatch)
    assert not any("Lakeside" in words for _, words in found)


def test_word_headings_of_the_first_level_are_no_titles() -> None:
    import docx

    document = docx.Document()
    document.add_heading("Asthma", 0)
    for heading, level in (("What is it?", 1), ("Causes", 2), ("Treatment", 1)):
        document.add_heading(heading, level)
        document.add_paragraph(SENTENCE)
    file = io.BytesIO()
    document.save(file)
    text, pieces = word_document(file.getvalue())
    headings = [(text[p.start : p.end], p.level) for p in pieces if p.shape is Shape.HEADING]
    assert headings == [("Asthma", 1), ("What is it?", 2), ("Causes", 3), ("Treatment", 2)]


def test_footnotes_of_a_word_document_are_references() -> None:
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    note = '<w:footnote w:id="{}"{}><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote>'
    notes = note.format(0, ' w:type="separator"', "") + note.format(2, "", "Smith. 2024.")
    document = docx.Document()
    paragraph = document.add_paragraph("It helps.")
    paragraph._p.append(parse_xml(f'<w:r {space}><w:footnoteReference w:id="2"/></w:r>'))
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    blob = f"<w:footnotes {space}>{notes}</w:footnotes>".encode()
    part = Part(PackURI("/word/footnotes.xml"), kind, blob, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    file = io.BytesIO()
    document.save(file)
    text, _ = word_document(file.getvalue())
    assert text == "It helps.[1]\n\nReferences\n\n[1] Smith. 2024."


def docx_of() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Sleep and depression", 0)
    document.add_paragraph(SENTENCE)
    document.add_heading("What helps?", 2)
    document.add_paragraph("A fixed hour", style="List Bullet")
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Trazodone", "Sleepy"
    document.add_paragraph(HELP)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_the_lines_of_a_pdf_are_joined_to_paragraphs() -> None:
    text, pieces = pdf(pdf_of(*LINES))
    assert [(piece.shape, text[piece.start : piece.end]) for piece in pieces] == [
        (Shape.HEADING, LINES[0]),
        (Shape.PARAGRAPH, f"{LINES[1]} {LINES[2]}"),
        (Shape.HEADING, LINES[3]),
        (Shape.ITEM, "A fixed hour every day of the week."),
        (Shape.ITEM, "Less light in the evening."),
    ]


def test_a_word_document_keeps_headings_lists_and_tables() -> None:
    text, pieces = word_document(docx_of())
    assert [(p.shape, text[p.start : p.end], p.level) for p in pieces] == [
        (Shape.HEADING, "Sleep and depression", 1),
        (Shape.PARAGRAPH, SENTENCE, 0),
        (Shape.HEADING, "What helps?", 2),
        (Shape.ITEM, "A fixed hour", 0),
        (Shape.PARAGRAPH, "Trazodone | Sleepy", 0),
        (Shape.PARAGRAPH, HELP, 0),
    ]


def test_both_are_articles_of_a_corpus(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of(*(line.replace("Sleep", "Rest") for line in LINES)))
    (tmp_path / "b.docx").write_bytes(docx_of())
    checked = check(tmp_path, TODAY)
    assert checked.errors == ()
    assert [a.title for a in checked.corpus.articles] == [
        "Rest and depression",
        "Sleep and depression",
    ]


@pytest.mark.parametrize("ending", [".pdf", ".docx"])
@pytest.mark.parametrize("content", [b"", b"words", b"%PDF-1.7\n", b"PK\3\4\0\0", pdf_of()])
def test_a_damaged_document_is_one_sentence(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(content)
    with pytest.raises(CorpusError) as error:
        read_article(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("ending", "library"), [(".pdf", "pypdf"), (".docx", "docx")])
def test_a_missing_library_is_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    path = tmp_path / f"a{ending}"
    path.write_bytes(pdf_of(*LINES))
    with pytest.raises(CorpusError) as error:
        read_article(path)
    assert INSTALL in str(error.value)


def test_a_pdf_whose_parts_are_malformed_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def malformed(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("pypdf.PdfReader", malformed)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(CorpusError, match="is no PDF that can be read"):
        read_article(tmp_path / "a.pdf")


def test_a_locked_pdf_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise DependencyError("cryptography>=3.1 is required for AES algorithm")

    monkeypatch.setattr("pypdf.PdfReader", locked)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(CorpusError, match="is locked; save it without protection"):
        read_article(tmp_path / "a.pdf")


@pytest.mark.parametrize(
    ("marked", "told"),
    [(True, "Lithium | Dose: 300 mg"), (False, "Drug | Dose\n\nLithium | 300 mg")],
)
def test_only_a_first_row_that_is_marked_so_holds_the_heads_of_its_columns(
    marked: bool, told: str
) -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    for row, words in zip(table.rows, (("Drug", "Dose"), ("Lithium", "300 mg")), strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    if marked:
        properties = table.rows[0]._tr.get_or_add_trPr()
        properties.append(properties.makeelement(qn("w:tblHeader"), {}))
    held = io.BytesIO()
    document.save(held)
    assert word_document(held.getvalue())[0] == told
