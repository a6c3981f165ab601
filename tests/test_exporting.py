import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa_bot.embedding import exporting
from qa_bot.embedding.bundled import checked_folder
from qa_bot.embedding.encoder import Encoder
from qa_bot.embedding.exporting import CARD, export, export_folder, is_exported, open_export
from qa_bot.embedding.runtimes import GRAPH, OnnxRuntime, TorchRuntime
from qa_bot.index.stores import ENCODERS
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

TEXTS = ["What is TMS?", "Spravato (esketamine) works within hours.", "naïve ’quotes’ – 5-HT", ""]


@pytest.fixture(scope="module")
def torch_runtime() -> TorchRuntime:
    return TorchRuntime(str(checked_folder()), threads=2)


@pytest.fixture
def folder(encoder: Encoder, index_folder: Path, tmp_path: Path) -> Path:
    """A copy of the exported form, to be damaged."""
    encoder.encode_query("exported by now")
    made = export_folder(index_folder / ENCODERS, encoder.fingerprint)
    return Path(shutil.copytree(made, tmp_path / "form"))


def test_the_form_gives_what_sentence_transformers_gives(
    torch_runtime: TorchRuntime, folder: Path
) -> None:
    form = OnnxRuntime(folder, threads=2)
    for one, other in zip(torch_runtime.run(TEXTS, "query"), form.run(TEXTS, "query"), strict=True):
        assert one.vector == pytest.approx(other.vector, abs=1e-5)
        assert one.token_vectors == pytest.approx(other.token_vectors, abs=1e-4)
        assert list(map(tuple, one.spans)) == list(map(tuple, other.spans))
    assert form.prompts == torch_runtime.prompts


def test_two_encoders_have_two_places() -> None:
    places = {export_folder(Path(), name) for name in ("a/b", "a-b", "A/B", "bundled:1", "../x")}
    assert len(places) == 5
    assert all(place.parent == Path() and ".." not in place.name for place in places)


@pytest.mark.parametrize("damage", ["shortened", "emptied", "another card", "no tokenizer"])
def test_a_damaged_form_is_left_aside_and_said_so(
    folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    if damage == "shortened":
        (folder / GRAPH).write_bytes((folder / GRAPH).read_bytes()[:100_000])
    elif damage == "emptied":
        (folder / GRAPH).write_bytes(b"")
    elif damage == "no tokenizer":
        (folder / exporting.TOKENIZER).unlink()
    else:
        card = json.loads((folder / CARD).read_text())
        card["probes"] = [[text, vector[::-1]] for text, vector in card["probes"]]
        (folder / CARD).write_text(json.dumps(card))
    assert open_export(folder, threads=1) is None
    assert "the slower one is loaded" in caplog.text


def test_an_encoder_whose_form_is_damaged_is_served_by_sentence_transformers(
    folder: Path, tmp_path: Path
) -> None:
    wanted = Encoder(exports=tmp_path / "none")
    place = export_folder(tmp_path, wanted.fingerprint)
    folder.rename(place)
    (place / GRAPH).write_bytes(b"")
    damaged = Encoder(exports=tmp_path)
    assert damaged.embed_query(TEXTS[0]) == wanted.embed_query(TEXTS[0])


def test_a_model_that_computes_otherwise_has_no_form(
    torch_runtime: TorchRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_equal", lambda *_: False)
    export(torch_runtime, tmp_path / "form")
    assert is_exported(tmp_path / "form")  # so that no publish tries again
    assert open_export(tmp_path / "form", threads=1) is None
    assert [path.name for path in tmp_path.iterdir()] == ["form"]
    assert not list((tmp_path / "form").glob("*.onnx"))


def test_what_is_not_equal_is_seen(torch_runtime: TorchRuntime, folder: Path) -> None:
    form = OnnxRuntime(folder, threads=2)
    assert exporting._equal(torch_runtime, form)
    form._tokenizer.enable_truncation(20)
    assert not exporting._equal(torch_runtime, form)


def test_a_model_that_the_exporter_refuses_has_no_form(
    torch_runtime: TorchRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no such operator")

    monkeypatch.setattr("torch.onnx.export", refuse)
    export(torch_runtime, tmp_path / "form")
    assert open_export(tmp_path / "form", threads=1) is None


def test_a_full_disk_is_no_missing_form(
    torch_runtime: TorchRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("torch.onnx.export", full)
    with pytest.raises(OSError, match="No space left"):
        export(torch_runtime, tmp_path / "form")
    assert list(tmp_path.iterdir()) == []


def test_the_first_answer_needs_neither_torch_nor_the_store(index: Path) -> None:
    code = """
import sys
from qa_bot import QABot
answer = QABot.open().ask("What is TMS?")
assert answer.quotes
assert not {"torch", "sentence_transformers", "transformers", "chromadb"} & set(sys.modules)
"""
    environment = os.environ | {"QA_BOT_INDEX": str(index)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_form_that_was_removed_or_cut_is_to_be_written_again(
    index: Path, encoder: Encoder, tmp_path: Path
) -> None:
    assert encoder.is_exported
    assert Encoder().is_exported  # where none is asked for, nothing is missing
    copy = Path(shutil.copytree(index / ENCODERS, tmp_path / ENCODERS))
    other = Encoder(exports=copy)
    assert other.is_exported
    (graph,) = copy.glob("*/model.onnx")
    graph.unlink()
    assert not other.is_exported
    (graph.parent / "card.json").write_text("null")  # the model has no such form
    assert other.is_exported
    shutil.rmtree(graph.parent)
    assert not other.is_exported


def test_batches_of_any_order_give_single_vectors(encoder: Encoder) -> None:
    found = [one.vector for one in encoder.encode(TEXTS * 5, "document", batch_size=7)]
    assert np.allclose(found[: len(TEXTS)], found[-len(TEXTS) :], atol=1e-5)
