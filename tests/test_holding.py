from pathlib import Path

import pytest

from qa_bot.holding import hold, remove_unless_held


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
