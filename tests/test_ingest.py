import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ingest
from tests.conftest import CORPUS, ROOT

WORDS = "Repetitive stimulation helps many people whose depression did not respond to medication."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    return tmp_path


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command itself, in `folder`, with the settings in `variables`."""
    return subprocess.run(
        [sys.executable, str(ROOT / "ingest.py"), *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("command", ["check", "publish"])
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("a.txt", b"", "is empty", id="empty file"),
        pytest.param("a.txt", b"Caf\xe9 notes", "is not UTF-8 text", id="not UTF-8"),
        pytest.param("a.txt", b"\x89PNG\r\n\x00\x00", "is not a text file", id="binary"),
        pytest.param("a.txt", b"a" * 6_000_000, "is 6 MB", id="6 MB"),
        pytest.param("a.md", b"---\ntitle: a: b\n---\nWords.", "line 2", id="front matter"),
        pytest.param("a.pages", b"x", "holds no article", id="no article"),
        pytest.param("a.pdf", b"%PDF", "is no PDF that can be read", id="damaged PDF"),
        pytest.param("glossary.yaml", b"", "holds no article", id="empty corpus"),
    ],
)
def test_an_article_that_cannot_be_read_is_one_sentence_for_the_editor(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    name: str,
    content: bytes,
    says: str,
) -> None:
    (folder / "corpus" / name).write_bytes(content)
    arguments = [command, "--corpus", str(folder / "corpus"), "--index", str(folder / "index")]
    assert ingest.main(arguments) == 1
    printed = capsys.readouterr()
    told = printed.out + printed.err
    assert told.count(says) == 1
    assert command == "check" or printed.out == ""
    assert "Traceback" not in told
    assert not (folder / "index").exists()


@pytest.mark.parametrize(
    ("content", "variables", "says"),
    [
        pytest.param(b"Caf\xe9 notes", {}, "is not UTF-8 text (byte 0xe9", id="not UTF-8"),
        pytest.param(b"\x89PNG\r\n\x00\x00", {}, "is not a text file", id="binary"),
        pytest.param(b"a" * 6_000_000, {}, "is 6 MB", id="6 MB"),
        pytest.param(b"---\ntitle: a: b\n---\nWords.", {}, "front matter", id="front matter"),
        pytest.param(None, {}, "holds no article", id="empty corpus"),
        pytest.param(WORDS.encode(), {"QA_BOT_PORT": "abc"}, 'QA_BOT_PORT is "abc"', id="port"),
        pytest.param(WORDS.encode(), {"QA_BOT_LLLM": "x"}, "is not a setting", id="unknown"),
        pytest.param(
            WORDS.encode(), {"QA_BOT_CORPUS": "nowhere"}, "There is no folder nowhere", id="nowhere"
        ),
    ],
)
def test_the_command_itself_fails_with_one_message_and_status_1(
    folder: Path, content: bytes | None, variables: dict[str, str], says: str
) -> None:
    if content is not None:
        (folder / "corpus" / "a.txt").write_bytes(content)
    result = run(folder, "check", **variables)
    assert result.returncode == 1
    told = result.stdout + result.stderr
    assert told.count(says) == 1
    assert told.count("\n") <= 4
    assert "Traceback" not in told
    assert not (folder / "index").exists()


def test_check_reports_what_to_mend_and_writes_nothing(folder: Path) -> None:
    result = run(folder, "check", QA_BOT_CORPUS=str(CORPUS))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count("announces a list, but none follows") == 2
    assert result.stdout.endswith("2 articles, 0 errors, 5 warnings. They can be published.\n")
    assert sorted(path.name for path in folder.iterdir()) == ["corpus"]


def test_programs_get_the_findings_as_json(folder: Path) -> None:
    (folder / "corpus" / "a.txt").write_text(f"A Guide\n\n{WORDS}[7]\n")
    result = run(folder, "check", "--json")
    assert result.returncode == 1
    report = json.loads(result.stdout)
    assert (report["articles"], report["errors"]) == (1, 1)
    (error,) = [f for f in report["findings"] if f["severity"] == "error"]
    assert (error["rule"], error["file"], error["line"]) == ("no-reference", "a.txt", 3)


def test_a_publish_stops_at_an_error_and_names_no_warning(folder: Path) -> None:
    (folder / "corpus" / "a.txt").write_text(f"A Guide\n\n{WORDS}[7]\n")
    result = run(folder, "publish")
    assert (result.returncode, result.stdout) == (1, "")
    assert "Error, line 3: [7] has no reference 7" in result.stderr
    assert "Warning" not in result.stderr
    assert result.stderr.endswith("publish again.\n")
    assert not (folder / "index").exists()


def test_a_pasted_page_becomes_an_article_and_its_outline_is_shown(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "ingest.py"), "add", "-", "--name", "guide"],
        cwd=folder,
        input=f"A Guide\n\nReviewed by A. Smith, MD\n\nWhat helps?\n\n{WORDS}\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("title: A Guide\n")
    assert "  What helps?\n" in done.stdout
    written = (folder / "corpus" / "guide.txt").read_text()
    assert 'reviewed_by: "A. Smith, MD"' in written
    assert run(folder, "check").returncode == 0


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_that_makes_no_sense_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    with pytest.raises(SystemExit):
        ingest.main(["publish", f"--keep={number}"])
    assert f"--keep: give a number of 1 or more, not '{number}'" in capsys.readouterr().err


def test_an_unknown_command_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        ingest.main(["unpublish"])
    assert stop.value.code == 2
    assert "invalid choice: 'unpublish'" in capsys.readouterr().err


def test_a_publish_that_is_stopped_says_that_readers_lose_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(ingest, "_publish", stopped)
    assert ingest.main([]) == 130
    assert capsys.readouterr().err == "Stopped; readers keep what was published before.\n"


@pytest.mark.slow
def test_an_article_is_published_once_and_then_nothing_changes(folder: Path) -> None:
    (folder / "corpus" / "a.txt").write_text(f"A Guide to Magnetic Stimulation\n\n{WORDS}\n")
    first = run(folder)
    assert (first.returncode, "Traceback" in first.stderr) == (0, False)
    assert "Published 1 article: 1 sentence in 1 passage, as " in first.stdout
    again = run(folder, "publish")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.endswith("Nothing changed: 1 article is already published.\n")


@pytest.mark.slow
def test_an_editor_compares_publishes_and_steps_back(folder: Path) -> None:
    path = folder / "corpus" / "a.txt"
    path.write_text(f"A Guide to Magnetic Stimulation\n\n{WORDS}\n")
    assert run(folder).returncode == 0
    path.write_text(f"A Guide to Magnetic Stimulation\n\n{WORDS.replace('many', 'some')}\n")
    (folder / "q.jsonl").write_text(
        '{"id": "q", "question": "Does stimulation help?", "evidence": []}'
    )
    compared = run(folder, "diff", "--questions", "q.jsonl", "--html", "page.html", "--details")
    assert (compared.returncode, compared.stderr) == (0, "")
    assert "a (changed): 1 changed" in compared.stdout
    assert "Nothing was published. The page is page.html." in compared.stdout
    assert "<del>many" in (folder / "page.html").read_text()
    as_json = json.loads(run(folder, "diff", "--questions", "q.jsonl", "--json").stdout)
    assert as_json["counts"]["sentences"]["changed"] == 1
    assert run(folder, "history").stdout.count("\n") == 1
    assert run(folder, "publish").returncode == 0
    back = run(folder, "rollback")
    assert (back.returncode, back.stderr) == (0, "")
    assert "again, from their next question on." in back.stdout
    listed = run(folder, "history").stdout.splitlines()
    assert [line[0] for line in listed] == [" ", "→", " "]
    assert "stepped back from" in listed[2]
    elsewhere = run(folder, "diff", "--questions", "q.jsonl", "--html", "q.jsonl/page.html")
    assert elsewhere.returncode == 1 and elsewhere.stderr.count("\n") == 1
    assert "q.jsonl/page.html cannot be written (" in elsewhere.stderr
    refused = run(folder, "rollback")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["no-such-folder", "corpus"])
def test_a_model_that_cannot_be_loaded_is_one_sentence(folder: Path, model: str) -> None:
    (folder / "corpus" / "a.txt").write_text(f"A Guide to Magnetic Stimulation\n\n{WORDS}\n")
    result = run(folder, QA_BOT_EMBEDDING_MODEL=model, HF_HUB_OFFLINE="1")
    assert result.returncode == 1
    assert f'The embedding model "{model}" cannot be loaded' in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (folder / "index" / "current").exists()


@pytest.mark.slow
def test_an_index_folder_that_is_a_file_is_one_sentence(folder: Path) -> None:
    (folder / "corpus" / "a.txt").write_text(f"A Guide to Magnetic Stimulation\n\n{WORDS}\n")
    (folder / "index").write_text("not a folder")
    result = run(folder)
    assert result.returncode == 1
    assert "The index folder index cannot be written (File exists)" in result.stderr
    assert result.stderr.count("\n") == 1
