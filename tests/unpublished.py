"""A generation held in memory only: all that is known of the articles before anything is encoded."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from qa_bot.articles.article import read_article
from qa_bot.articles.corpus import read_corpus
from qa_bot.index.chroma import Passages, folder_client
from qa_bot.index.generation import Generation
from qa_bot.index.manifest import Manifest
from qa_bot.index.writing import sentences_of
from qa_bot.records import Corpus, Term
from tests.conftest import CORPUS

_NOWHERE = Passages("none", partial(folder_client, Path("nowhere")), "nowhere")
_MANIFEST = Manifest("none", 0, 0, "", 0, 0, 0, "")


def generation(corpus: Corpus | None = None) -> Generation:
    """The published articles, or those of `corpus`; it has no vectors, so dense search fails."""
    corpus = corpus or read_corpus(CORPUS)
    return Generation(Path(), _NOWHERE, _MANIFEST, corpus, sentences_of(corpus))


def generation_of(folder: Path, text: str, *glossary: Term) -> Generation:
    """A generation of one article with this text."""
    path = folder / "article.md"
    path.write_text(text, encoding="utf-8")
    return generation(Corpus((read_article(path),), glossary))
