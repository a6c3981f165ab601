"""An article as it was when it was quoted, found among the generations that are kept.

Opens neither vectors nor store: the words are all that a reader needs.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from qa_bot.manifest import CORPUS
from qa_bot.pointer import KEPT, generation_names
from qa_bot.records import Article, Corpus
from qa_bot.stored import from_json


def earlier_version(index: Path, article_id: str, version: str) -> Article | None:
    """The article whose version starts with `version`; None where no generation holds it any more.

    A generation that cannot be read is passed over: an old link is no reason to fail.
    """
    if not version:
        return None
    for name in reversed(generation_names(index)):
        try:
            corpus = corpus_of(index / name)
        except (OSError, KeyError, TypeError, ValueError):
            continue
        for article in corpus.articles:
            if article.id == article_id and article.version.startswith(version):
                return article
    return None


@lru_cache(maxsize=KEPT)
def corpus_of(generation: Path) -> Corpus:
    """What was published as `generation`; kept in memory, as it never changes.

    :raises OSError, KeyError, TypeError, ValueError: it cannot be read.
    """
    return from_json(json.loads((generation / CORPUS).read_text(encoding="utf-8")))
