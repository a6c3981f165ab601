"""A corpus ⇄ the JSON that is kept with its generation, so that an old quote still opens its text."""

from __future__ import annotations

from datetime import date
from typing import Any

from qa_bot.records import Article, Block, Corpus, Example, Kind, Reference, ReviewStatus, Term


def to_json(corpus: Corpus) -> dict[str, Any]:
    """Plain JSON types; `from_json` gives the same corpus back."""
    return {
        "articles": [_row(article) for article in corpus.articles],
        "glossary": [[term.said, term.meant, term.is_name] for term in corpus.glossary],
        "examples": [[example.question, example.snippets] for example in corpus.examples],
    }


def from_json(stored: dict[str, Any]) -> Corpus:
    """The corpus that `to_json` was given.

    :raises KeyError, TypeError, ValueError: it is something else.
    """
    articles = tuple(_article(row) for row in stored["articles"])
    return Corpus(
        articles,
        tuple(Term(*term) for term in stored["glossary"]),
        tuple(
            Example(question, tuple(snippets)) for question, snippets in stored.get("examples", ())
        ),
    )


def _row(article: Article) -> dict[str, Any]:
    return {
        **article.metadata(),
        "text": article.text,
        "blocks": [[b.kind, b.start, b.end, list(b.section)] for b in article.blocks],
        "references": [[r.number, r.text, r.cited] for r in article.references],
    }


def _article(row: dict[str, Any]) -> Article:
    updated = row["last_updated"]
    return Article(
        **{
            **row,
            "review_status": ReviewStatus(row["review_status"]),
            "last_updated": date.fromisoformat(updated) if updated else None,
            "blocks": tuple(
                Block(Kind(kind), start, end, tuple(section))
                for kind, start, end, section in row["blocks"]
            ),
            "references": tuple(Reference(*reference) for reference in row["references"]),
        }
    )
