"""What a store promises, asked of both forms: a folder, and a real Chroma server on this machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from qa_bot.errors import DamagedIndexError, NoIndexError, WrongEncoderError
from qa_bot.index.history import history, rollback, rollbacks
from qa_bot.index.opening import open_store
from qa_bot.index.publishing import KEPT, open_current, publish
from qa_bot.index.stores import Store
from qa_bot.index.unchanged import unchanged
from qa_bot.index.verifying import verify
from qa_bot.index.versions import earlier_version
from qa_bot.records import Corpus
from tests.publishing import QuickEncoder, edition
from tests.test_publishing import NOON, Counting

QUICK = QuickEncoder()
LATER = NOON + timedelta(hours=1)


@pytest.fixture(params=["folder", pytest.param("server", marks=pytest.mark.slow)])
def reopened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """The same empty store, each time as a program that has just started finds it."""
    url = request.getfixturevalue("chroma_url") if request.param == "server" else ""
    return lambda: open_store(tmp_path / "index", url)


@pytest.fixture
def store(reopened: Callable[[], Store]) -> Store:
    return reopened()


def published(store: Store, number: int, keep: int = KEPT) -> tuple[bool, list[str]]:
    """Whether publishing that edition changed anything, and the texts that were encoded for it."""
    counting = Counting()
    now = NOON + timedelta(minutes=number)
    found = publish(edition(number), QUICK, store, now=now, progress=counting, keep=keep)
    return found.changed, counting.texts


def served(store: Store) -> Corpus:
    """What readers have, after everything in it was looked at."""
    generation = open_current(store, QUICK.fingerprint)
    verify(generation)
    generation.close()
    return Corpus(tuple(generation.articles.values()), generation.glossary)


def test_what_is_published_is_served_to_who_comes_later(
    store: Store, reopened: Callable[[], Store]
) -> None:
    with pytest.raises(NoIndexError, match=r"run `.venv/bin/python ingest.py`"):
        store.current()
    assert published(store, 1)[0]
    assert served(reopened()) == edition(1)


def test_a_store_that_holds_another_vector_for_a_passage_is_refused(store: Store) -> None:
    published(store, 1)
    generation = open_current(store, QUICK.fingerprint)
    first = generation.passages[0].id
    generation._searched._ready().update(ids=[first], embeddings=[-generation.passage_vectors[0]])
    with pytest.raises(DamagedIndexError, match="does not hold passage"):
        verify(generation)
    generation.close()


def test_names_sort_by_age_whatever_the_clock_says(store: Store) -> None:
    assert published(store, 2)[0] and published(store, 1)[0]
    first, second = store.names()
    assert store.current() == second
    assert store.manifest(first).published > store.manifest(second).published
    rollback(store, QUICK.fingerprint, now=LATER)
    assert served(store) == edition(2)


def test_an_unchanged_corpus_is_known_again_and_encodes_nothing(store: Store) -> None:
    published(store, 1)
    assert published(store, 1) == (False, [])
    found = unchanged(edition(1), QUICK.fingerprint, store)
    assert found is not None and found.articles == 2
    assert unchanged(edition(2), QUICK.fingerprint, store) is None
    assert unchanged(edition(1), "another", store) is None


def test_only_new_texts_are_encoded_also_by_another_program(
    store: Store, reopened: Callable[[], Store]
) -> None:
    published(store, 1)
    rows = edition(1).articles
    changed = Corpus((edition(2).articles[0], rows[1]))
    counting = Counting()
    publish(changed, QUICK, reopened(), now=LATER, progress=counting)
    assert counting.texts
    assert all("dition 2" in text for text in counting.texts)
    assert served(store) == changed


def test_stepping_back_and_forth_is_recorded(store: Store, reopened: Callable[[], Store]) -> None:
    for number in (1, 2, 3):
        published(store, number)
    third, second, first = (entry.name for entry in history(store))
    assert [entry.is_served for entry in history(store)] == [True, False, False]
    assert rollback(store, QUICK.fingerprint, now=LATER) == second
    assert served(reopened()) == edition(2)
    assert rollback(reopened(), QUICK.fingerprint, now=LATER + timedelta(minutes=1)) == first
    with pytest.raises(NoIndexError, match="the oldest kept"):
        rollback(store, QUICK.fingerprint, now=LATER)
    assert rollback(store, QUICK.fingerprint, now=LATER + timedelta(hours=1), to=third) == third
    steps = [(step.left, step.back_to) for step in rollbacks(reopened())]
    assert steps == [(third, second), (second, first), (first, third)]
    assert served(store) == edition(3)


def test_old_generations_go_and_what_they_said_stays_as_long(store: Store) -> None:
    old = edition(3).articles[0]
    for number in range(1, 5):
        published(store, number, keep=2)
    names = [entry.name for entry in history(store)]
    assert [name[:13] for name in names] == ["20260102T1204", "20260102T1203"]
    assert earlier_version(store, old.id, old.version) == old
    gone = edition(1).articles[0]
    assert earlier_version(store, gone.id, gone.version) is None


def test_a_failure_leaves_readers_what_they_had_and_nothing_behind(store: Store) -> None:
    class Failing(QuickEncoder):
        def encode(self, texts, role, *, batch_size=0):  # type: ignore[no-untyped-def]
            yield from super().encode(texts[:2], role)
            raise DamagedIndexError("The encoder broke.")

    published(store, 1)
    with pytest.raises(DamagedIndexError, match="The encoder broke"):
        publish(edition(2), Failing(), store, now=LATER, progress=Counting())
    assert len(store.names()) == 1
    assert served(store) == edition(1)
    assert published(store, 2)[0]


def test_another_encoder_is_refused(store: Store) -> None:
    published(store, 1)
    with pytest.raises(WrongEncoderError, match="was published with the encoder quick"):
        open_current(store, "another:1")


def test_who_reads_an_old_generation_goes_on_reading(store: Store) -> None:
    published(store, 1)
    old = open_current(store, QUICK.fingerprint)
    published(store, 2)
    (encoded,) = QUICK.encode(["any"], "query")
    assert len(old.stored_nearest(encoded.vector, 2)) == 2
    old.close()
    assert served(store) == edition(2)
