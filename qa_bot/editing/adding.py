"""A page of any known format → a file of the corpus, with front matter as far as the page states it.

A .txt or .md stays as it is below the front matter; any other format becomes Markdown, which is easy to
look over and reads back as the article that was shown.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from pathlib import Path

import frontmatter

from qa_bot.articles.article import article_pieces, file_content, read_article
from qa_bot.articles.formats import KNOWN
from qa_bot.articles.front_matter import FIELDS
from qa_bot.articles.pieces import Piece, Shape
from qa_bot.errors import CorpusError
from qa_bot.files import write_text
from qa_bot.records import Article, Kind

_AS_IT_IS = (".txt", ".md")  # formats that an editor reads and fixes without more ado
LONGEST_NAME = 60  # characters
_MARKS = {Shape.ITEM: "- ", Shape.ITEM_BODY: "  "}
_SPECIAL = re.compile(r"([\\`*_<&]|^[#>=|~-])")
_STARTS_A_LIST = re.compile(r"^(\d{0,9})([.)+-])(?=\s)")


def add(page: Path, pasted: bytes | None, corpus: Path, *, name: str, replace: bool) -> Path:
    """Write the article into `corpus`: the new file.

    :param pasted: the content where it is not that of the file `page`, whose name says the format.
    :param name: of the new file, without an ending; "" takes the title's words.
    :raises CorpusError: the page cannot be read, or a file of that name is there and not to be replaced.
    :raises FileWriteError: the corpus cannot be written.
    """
    if page.suffix.lower() not in KNOWN:
        raise CorpusError(f"{page} has no format that is known; use one of {', '.join(KNOWN)}.")
    if pasted is None and not page.is_file():
        raise CorpusError(f"There is no file {page}; name the page to add, or - to paste one.")
    with tempfile.TemporaryDirectory() as folder:
        draft = page
        if pasted is not None:
            draft = Path(folder) / page.name
            draft.write_bytes(pasted)
        article = read_article(draft)
        if draft.suffix.lower() in _AS_IT_IS:
            ending = draft.suffix.lower()
            body = frontmatter.parse(file_content(draft))[1] + "\n"
        else:
            ending, body = ".md", _markdown(*article_pieces(draft))
    slug = re.sub(r"[^a-z0-9]+", "-", (name or article.title).lower()).strip("-")[:LONGEST_NAME]
    path = corpus / f"{slug.strip('-') or 'article'}{ending}"
    if path.exists() and not replace:
        raise CorpusError(
            f"{path} is there already; give --name for another name, or --replace to write over it."
        )
    write_text(path, _front_matter(article) + body)
    return path


def outline(path: Path) -> str:
    """How an article was understood: its facts, its headings and what else it holds."""
    article = read_article(path)
    facts = article.metadata()
    lines = [f"{name}: {facts[name] or '—'}" for name in FIELDS]
    lines.append("")
    for block in article.blocks:
        if block.kind in (Kind.HEADING, Kind.FAQ_QUESTION):
            indent = "    " if block.kind is Kind.FAQ_QUESTION else "  "
            lines.append(indent + article.text[block.start : block.end])
    kinds = Counter(str(block.kind) for block in article.blocks)
    held = ", ".join(f"{number} “{kind}”" for kind, number in kinds.items())
    return "\n".join([*lines, "", f"It holds: {held}."])


def _front_matter(article: Article) -> str:
    facts = article.metadata()
    values = (
        f"{name}: {json.dumps(facts[name], ensure_ascii=False) if facts[name] else ''}".rstrip()
        for name in FIELDS
    )
    return "\n".join(("---", *values, "---", "", ""))


def _markdown(text: str, pieces: list[Piece]) -> str:
    written = ""
    for before, piece in zip([None, *pieces], pieces, strict=False):
        words = _SPECIAL.sub(r"\\\1", " ".join(text[piece.start : piece.end].split()))
        if piece.shape is Shape.PARAGRAPH:
            words = _STARTS_A_LIST.sub(r"\1\\\2", words)
        close = before and before.shape is piece.shape is Shape.ITEM
        written += "" if before is None else "\n" if close else "\n\n"
        written += "#" * piece.level + " " * bool(piece.level) + _MARKS.get(piece.shape, "") + words
    return written + "\n"
