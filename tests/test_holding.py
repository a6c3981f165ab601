import os
import time
from pathlib import Path

import pytest

from qa_bot.files import remove_litter
from qa_bot.index.holding import hold, remove_unless_held


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    path = tmp_path / "folder" / "file"
    path.write_text("x")
    return path


def test_what_is_held_by_anyone_is_not_removed(file: Path) -> None:
    first, second = hold(file), hold(file)
    assert not remove_unless_held(file.parent, file)
    first()
    first()
    assert not remove_unless_held(file.parent, file)
    second()
    assert remove_unless_held(file.parent, file)
    assert not file.parent.exists()


def test_nothing_can_be_held_that_is_not_there(file: Path) -> None:
    file.unlink()
    with pytest.raises(FileNotFoundError):
        hold(file)


def test_only_old_litter_is_removed(tmp_path: Path) -> None:
    for name in (".copying-a", ".removing-b", ".lock", "kept"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
        os.utime(tmp_path / name, (0, time.time() - 2 * 24 * 60 * 60))
    (tmp_path / ".copying-new").mkdir()
    remove_litter(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "kept", ".copying-new"}
