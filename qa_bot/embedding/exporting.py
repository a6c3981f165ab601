"""An encoder → its ONNX form in a folder, so that the chat starts and answers without torch.

The form is used only where it is proved to give what sentence-transformers gives: for a set of texts
when it is written, and for some of them again whenever it is opened. A model that cannot be exported,
or not equally, is served by sentence-transformers.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np

from qa_bot.embedding.runtimes import (
    CARD,
    GRAPH,
    ROLES,
    TOKENIZER,
    OnnxRuntime,
    Output,
    TorchRuntime,
    Vector,
    unit,
)
from qa_bot.files import remove_litter

EQUAL = 0.9999  # cosine, of texts and of single words
PROBES = (
    "What is TMS?",
    "How long does it take until esketamine (Spravato) works, in hours or days?",
    "naïve 5-HT “quotes” – 37.5 mg/d, e.g. x",
    "",
    "One sentence. And another, which is longer and says little: the treatment was well tolerated, as "
    "far as anybody could tell, in both of the groups that were compared over six weeks. " * 12,
)
OPENED_WITH = 2  # of the probes
INPUTS, OUTPUTS = ["input_ids", "attention_mask"], ["vector", "token_vectors"]
FORM = 4  # goes up when the written form changes, so that an older one is left alone

LOG = logging.getLogger(__name__)


def export_folder(exports: Path, fingerprint: str) -> Path:
    """Where the form of the encoder with this fingerprint stands, or would."""
    name = re.sub(r"[^a-z0-9]+", "-", fingerprint.lower()).strip("-")[:40]
    suffix = hashlib.sha256(f"{fingerprint} {FORM}".encode()).hexdigest()[:8]
    return exports / f"{name}-{suffix}"


def is_exported(folder: Path) -> bool:
    """Whether `export` has been at work there; also when it found that the model has no such form."""
    try:
        has_none = json.loads((folder / CARD).read_text(encoding="utf-8")) is None
    except (OSError, ValueError):
        return False
    return has_none or (folder / GRAPH).is_file()


def export(model: TorchRuntime, folder: Path) -> None:
    """Write the ONNX form of `model` into `folder`, or, where it has none, that it has none.

    :raises OSError: the folder cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    remove_litter(folder.parent)
    draft = Path(tempfile.mkdtemp(prefix=".exporting-", dir=folder.parent))
    try:
        try:
            _write(model, draft)
            equal = _equal(model, OnnxRuntime(draft, threads=None))
        except OSError:
            raise
        except Exception as error:  # whatever the exporter raises for a model it does not know
            LOG.info("The exporter says: %s", error)
            equal = False
        if not equal:
            LOG.warning(
                "The encoder has no equal ONNX form; the chat will start and answer slower."
            )
            (draft / GRAPH).unlink(missing_ok=True)
            (draft / CARD).write_text("null", encoding="utf-8")
        draft.chmod(0o755)  # mkdtemp keeps others out, but several apps may read one index
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def open_export(folder: Path, threads: int | None) -> OnnxRuntime | None:
    """The form in `folder`; None when there is none, or it computes something else than it did."""
    if not (folder / GRAPH).is_file():
        return None
    try:
        model = OnnxRuntime(folder, threads)
        for text, vector in model.probes:
            (found,) = model.run([text], "query")
            if found.vector @ np.asarray(vector, dtype=np.float32) < EQUAL:
                raise ValueError("it computes something else than when it was written")
    except Exception as error:
        LOG.warning(
            "The encoder in %s cannot be used (%s); the slower one is loaded. Remove that folder and "
            "publish to have it written again.",
            folder,
            error,
        )
        return None
    return model


def _write(model: TorchRuntime, folder: Path) -> None:
    import torch

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model.model

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor
        ) -> tuple[torch.Tensor, ...]:
            found = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return found["sentence_embedding"], found["token_embeddings"]

    tokenizer = model.model.tokenizer
    example = tokenizer(["two texts, one longer", "one"], padding=True, return_tensors="pt")
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of the tracer; what it warns of is what the probes look for
        # The newer exporter takes twenty times as long, and two more packages, for the same graph.
        torch.onnx.export(
            Whole().eval(),
            (example["input_ids"], example["attention_mask"]),
            str(folder / GRAPH),
            input_names=INPUTS,
            output_names=OUTPUTS,
            dynamic_axes={
                "input_ids": {0: "texts", 1: "tokens"},
                "attention_mask": {0: "texts", 1: "tokens"},
                "vector": {0: "texts"},
                "token_vectors": {0: "texts", 1: "tokens"},
            },
            dynamo=False,
        )
    tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    prompt = model.prompts["query"]
    probes = [prompt + text for text in PROBES[:OPENED_WITH]]
    card = {
        "prompts": dict(model.prompts),
        "longest": model.model.max_seq_length,
        "probes": [(o, _rounded(model.run([o], "query")[0].vector)) for o in probes],
    }
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")


def _equal(model: TorchRuntime, other: OnnxRuntime) -> bool:
    """Whether both give the same for every probe, in both roles, one by one and together."""
    for role in ROLES:
        texts = [model.prompts[role] + text for text in PROBES]
        wanted = [model.run([text], role)[0] for text in texts]
        alone = [other.run([text], role)[0] for text in texts]
        if not all(map(_same, wanted, alone)) or not all(
            map(_same, wanted, other.run(texts, role))
        ):
            return False
    return all(model.tokens(word) == other.tokens(word) for word in ("depression", "depresion"))


def _same(one: Output, other: Output) -> bool:
    if list(map(tuple, one.spans)) != list(map(tuple, other.spans)):
        return False
    near = _nearness(one.token_vectors, other.token_vectors)
    return bool(one.vector @ other.vector >= EQUAL and near >= EQUAL)


def _nearness(some: Vector, others: Vector) -> float:
    """The least cosine of two rows that stand in one place."""
    return float((unit(some) * unit(others)).sum(axis=1).min(initial=1.0))


def _rounded(vector: Vector) -> list[float]:
    return [round(float(number), 7) for number in vector]
