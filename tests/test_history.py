import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from qa_bot.embedding.encoder import Encoder
from qa_bot.errors import DamagedIndexError, NoIndexError, StoreWriteError, WrongEncoderError
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.history import Entry, Step, history, rollback, rollbacks
from qa_bot.index.pointer import CURRENT, current_name
from qa_bot.index.publishing import open_current
from qa_bot.index.stores import current_user, rolled_back
from tests.test_publishing import NOON, Counting, corpus, damage, publish_at, served

LATER = NOON + timedelta(hours=1)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    folder = tmp_path_factory.mktemp("three")
    for minute in range(3):
        of = corpus(folder, f"Version {minute} of these words.")
        publish_at(folder / "index", encoder, of, minute)
    return folder / "index"


def test_stepping_back_where_nothing_was_published_leaves_nothing_behind(
    tmp_path: Path, encoder: Encoder
) -> None:
    with pytest.raises(NoIndexError):
        rollback(FolderStore(tmp_path / "nowhere"), encoder.fingerprint, now=NOON)
    assert not (tmp_path / "nowhere").exists()


@pytest.fixture
def index(tmp_path: Path, three: Path) -> Path:
    return shutil.copytree(three, tmp_path / "index")


def names(index: Path) -> list[str]:
    return [entry.name for entry in history(FolderStore(index))]


def test_history_says_who_published_what_and_when_newest_first(index: Path) -> None:
    entries = history(FolderStore(index))
    assert [entry.is_served for entry in entries] == [True, False, False]
    manifest = entries[0].manifest
    assert manifest is not None
    assert manifest.published_by == current_user()
    line = str(entries[0])
    assert line.startswith(f"→ {entries[0].name}  January 2, 2026, 12:02 UTC by {current_user()}: ")
    assert line.endswith(f"1 article, 1 sentence, digest {manifest.corpus_digest}")


def test_a_rollback_goes_one_step_at_a_time_and_is_recorded(index: Path, encoder: Encoder) -> None:
    newest, middle, oldest = names(index)
    assert rollback(FolderStore(index), encoder.fingerprint, now=LATER) == middle
    assert served(index, encoder) == {"Version 1 of these words."}
    assert rollback(FolderStore(index), encoder.fingerprint, now=LATER) == oldest
    with pytest.raises(NoIndexError, match="the oldest kept"):
        rollback(FolderStore(index), encoder.fingerprint, now=LATER)
    assert served(index, encoder) == {"Version 0 of these words."}
    assert rollback(FolderStore(index), encoder.fingerprint, now=LATER, to=newest) == newest
    assert [(step.left, step.back_to) for step in rollbacks(FolderStore(index))] == [
        (newest, middle),
        (middle, oldest),
        (oldest, newest),
    ]
    assert str(rollbacks(FolderStore(index))[0]) == (
        f"  January 2, 2026, 13:00 UTC by {current_user()}: stepped back from {newest} to {middle}"
    )


def test_after_a_rollback_the_next_publish_goes_forward_and_encodes_nothing(
    index: Path, encoder: Encoder, tmp_path: Path
) -> None:
    rollback(FolderStore(index), encoder.fingerprint, now=LATER)
    counting = Counting()
    of = corpus(tmp_path, "Version 1 of these words.")
    assert not publish_at(index, encoder, of, 70, counting).changed
    assert publish_at(index, encoder, corpus(tmp_path, "Version 2."), 71, counting).changed
    assert served(index, encoder) == {"Version 2."}


def test_what_was_stepped_back_from_is_not_stepped_back_to(
    index: Path, encoder: Encoder, tmp_path: Path
) -> None:
    _, middle, oldest = names(index)
    store = FolderStore(index)
    rollback(store, encoder.fingerprint, now=LATER)
    newest = publish_at(index, encoder, corpus(tmp_path, "Version 4 of these words."), 120).name
    # Nor does damage bring it back.
    damage(index, f"{newest}/sentences.json", "halved")
    generation = open_current(store, encoder.fingerprint)
    assert generation.name == middle
    generation.close()
    assert rollback(store, encoder.fingerprint, now=LATER) == middle
    assert served(index, encoder) == {"Version 1 of these words."}
    damage(index, f"{middle}/sentences.json", "halved")
    generation = open_current(store, encoder.fingerprint)
    assert generation.name == oldest
    generation.close()


def test_what_was_gone_forward_to_again_is_no_longer_left_behind(
    index: Path, encoder: Encoder
) -> None:
    newest, middle, oldest = names(index)
    store = FolderStore(index)
    assert rollback(store, encoder.fingerprint, now=LATER, to=oldest) == oldest
    assert rolled_back(store) == {middle, newest}
    assert rollback(store, encoder.fingerprint, now=LATER, to=newest) == newest
    assert rolled_back(store) == {middle}
    assert rollback(store, encoder.fingerprint, now=LATER) == oldest


@pytest.mark.parametrize(("to", "which"), [("2027", "no publication"), ("2026", "more than one")])
def test_an_unclear_name_is_one_sentence(
    index: Path, encoder: Encoder, to: str, which: str
) -> None:
    with pytest.raises(NoIndexError, match=f'{which}.* called "{to}".*history'):
        rollback(FolderStore(index), encoder.fingerprint, now=LATER, to=to)
    assert served(index, encoder) == {"Version 2 of these words."}


@pytest.mark.parametrize("file", ["corpus.json", "vectors.npy", "chroma/chroma.sqlite3"])
def test_a_damaged_generation_is_not_stepped_back_to(
    index: Path, encoder: Encoder, file: str
) -> None:
    damage(index, f"{names(index)[1]}/{file}", "halved")
    with pytest.raises(DamagedIndexError):
        rollback(FolderStore(index), encoder.fingerprint, now=LATER)
    assert served(index, encoder) == {"Version 2 of these words."}
    assert rollbacks(FolderStore(index)) == ()


def test_one_changed_number_in_the_vectors_is_noticed(index: Path, encoder: Encoder) -> None:
    path = index / names(index)[1] / "word_vectors.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DamagedIndexError, match=r"word_vectors.npy is not the file"):
        rollback(FolderStore(index), encoder.fingerprint, now=LATER)


def test_another_encoder_is_refused(index: Path) -> None:
    with pytest.raises(WrongEncoderError, match="another:1 is in use"):
        rollback(FolderStore(index), "another:1", now=LATER)


def test_a_rollback_waits_for_no_publish(index: Path, encoder: Encoder) -> None:
    with (
        FolderStore(index).changing(),
        pytest.raises(StoreWriteError, match=rf"Another .*\({current_user()}, process \d+\)"),
    ):
        rollback(FolderStore(index), encoder.fingerprint, now=LATER)


def test_a_damaged_pointer_is_mended_by_stepping_back(index: Path, encoder: Encoder) -> None:
    newest = names(index)[0]
    damage(index, CURRENT, "overwritten")
    assert [entry.is_served for entry in history(FolderStore(index))] == [False, False, False]
    assert rollback(FolderStore(index), encoder.fingerprint, now=LATER) == newest
    assert current_name(index) == newest


def test_without_an_index_there_is_no_history(tmp_path: Path, encoder: Encoder) -> None:
    for call in (
        lambda: history(FolderStore(tmp_path)),
        lambda: rollback(FolderStore(tmp_path / "x"), encoder.fingerprint, now=LATER),
    ):
        with pytest.raises(NoIndexError, match="There is no index in"):
            call()


def test_what_cannot_be_read_is_listed_as_such(index: Path) -> None:
    (index / names(index)[2] / "manifest.json").write_text("{")
    assert str(history(FolderStore(index))[2]).endswith("cannot be read")
    (index / "rollbacks.jsonl").write_text('{"when": 1}\nnonsense\n')
    assert rollbacks(FolderStore(index)) == ()


def test_a_day_that_is_none_is_shown_as_it_is_written() -> None:
    assert "yesterday: stepped back" in str(Step("yesterday", "", "a", "b"))
    assert str(Entry("a", None, True)) == "→ a  cannot be read"
