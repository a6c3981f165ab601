"""A quote's article stays readable as it was, as long as its generation is kept."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

from qa_bot.digests import file_digest
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.manifest import CORPUS, MANIFEST, Manifest
from qa_bot.index.stored import to_json
from qa_bot.index.versions import earlier_version
from qa_bot.records import Article, Corpus
from tests.scripted import SIGGY

OLD = replace(SIGGY, title="As it was", version="0123456789ab")


def keep(index: Path, name: str, article: Article) -> None:
    """A generation, as far as its words go."""
    (index / name).mkdir()
    corpus = to_json(Corpus((article,), ()))
    (index / name / CORPUS).write_text(json.dumps(corpus, default=str), encoding="utf-8")
    files = {CORPUS: file_digest(index / name / CORPUS)}
    numbers = dict.fromkeys((field.name for field in fields(Manifest)), 1)
    (index / name / MANIFEST).write_text(json.dumps(numbers | {"files": files}))


def test_the_version_that_was_quoted_is_found_behind_newer_ones(tmp_path: Path) -> None:
    keep(tmp_path, "1", OLD)
    keep(tmp_path, "2", SIGGY)
    assert earlier_version(FolderStore(tmp_path), SIGGY.id, OLD.version) == OLD
    assert earlier_version(FolderStore(tmp_path), SIGGY.id, SIGGY.version[:6]) == SIGGY


def test_no_version_and_no_such_article_find_nothing(tmp_path: Path) -> None:
    keep(tmp_path, "1", OLD)
    assert earlier_version(FolderStore(tmp_path), OLD.id, "") is None
    assert earlier_version(FolderStore(tmp_path), OLD.id, "ffffff") is None
    assert earlier_version(FolderStore(tmp_path), "another", OLD.version) is None


def test_a_generation_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    keep(tmp_path, "1", OLD)
    keep(tmp_path, "2", SIGGY)
    keep(tmp_path, "3", replace(OLD, title="As it never was"))
    (tmp_path / "2" / CORPUS).write_text("{")
    altered = (tmp_path / "3" / CORPUS).read_text().replace("never", "often")
    (tmp_path / "3" / CORPUS).write_text(altered)
    assert earlier_version(FolderStore(tmp_path), OLD.id, OLD.version) == OLD
