"""An article as it was when it was quoted, found among the generations that are kept.

Opens neither vectors nor store: the words are all that a reader needs.
"""

from __future__ import annotations

from functools import lru_cache

from qa_bot.errors import DamagedIndexError
from qa_bot.index.pointer import KEPT
from qa_bot.index.stores import Store
from qa_bot.records import Article, Corpus


def earlier_version(store: Store, article_id: str, version: str) -> Article | None:
    """The article whose version starts with `version`; None where no generation holds it anymore.

    A generation that cannot be read is passed over: an old link is no reason to fail.
    """
    if not version:
        return None
    for name in reversed(store.names()):
        try:
            corpus = corpus_of(store, name)
        except DamagedIndexError:
            continue
        for article in corpus.articles:
            if article.id == article_id and article.version.startswith(version):
                return article
    return None


@lru_cache(maxsize=KEPT)
def corpus_of(store: Store, name: str) -> Corpus:
    """What was published as `name`; kept in memory, as a generation never changes.

    :raises DamagedIndexError: it cannot be read.
    """
    return store.corpus(name)
