import io
import sys
from pathlib import Path

import pytest
from pypdf.errors import DependencyError

from qa_bot.articles import read_article
from qa_bot.checking import check
from qa_bot.documents import INSTALL, pdf, word_document
from qa_bot.errors import CorpusError
from qa_bot.pieces import Shape
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


def test_a_locked_pdf_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise DependencyError("cryptography>=3.1 is required for AES algorithm")

    monkeypatch.setattr("pypdf.PdfReader", locked)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(CorpusError, match="is locked; save it without protection"):
        read_article(tmp_path / "a.pdf")
