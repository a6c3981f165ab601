import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from qa_bot.answering import ANSWERABLE, MODEL_FILE, model
from qa_bot.fitting import main, sentence_weights
from qa_bot.lexical import Lexicon
from qa_bot.question import Query
from qa_bot.records import Sentence
from qa_bot.retrieval import FEATURES, Ranked, Ranking
from tests.small import asked
from tests.unpublished import generation_of

ARTICLE = "# Gardens\n\n## Care of plants\n\nRoses drink water daily. Tulips drink less of it."


def test_the_model_that_comes_with_the_product_fits_the_code() -> None:
    learned = model()
    assert set(learned.sentence) == set(FEATURES)
    assert set(learned.answerable) == set(ANSWERABLE)
    assert 0 < learned.threshold < 1
    assert all(np.isfinite([*learned.sentence.values(), *learned.answerable.values()]))
    assert set(json.loads(MODEL_FILE.read_text(encoding="utf-8"))) == {
        "sentence", "answerable", "bias", "threshold",
    }  # fmt: skip


def test_a_feature_that_tells_evidence_from_the_rest_gets_the_weight(tmp_path: Path) -> None:
    """Two sentences; the evidence has more of the first feature, and the second says nothing."""
    opened = generation_of(tmp_path, ARTICLE)
    Lexicon(opened)
    right, wrong = opened.sentences

    def one(sentence: Sentence, strength: float) -> Ranked:
        features = np.zeros(len(FEATURES), dtype=np.float32)
        features[0] = strength
        return Ranked(sentence, 0.0, features, np.zeros(0, dtype=np.float32))

    query = Query("?", "?", 0, (), ())
    none = np.zeros(0, dtype=np.float32)
    ranking = Ranking(query, none, (), none, 0, (one(wrong, 0.2), one(right, 0.9)))
    questions = [asked(["Roses drink water"])]
    weights = sentence_weights(questions, [ranking], opened)
    assert weights[FEATURES[0]] > 0
    assert all(weights[name] == 0 for name in FEATURES[1:])
    assert sentence_weights(questions, [ranking], opened) == weights  # the same every time
    other = sentence_weights([asked(["Tulips drink less"])], [ranking], opened)
    assert other[FEATURES[0]] < 0


def test_a_file_that_is_missing_is_one_sentence_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = MODEL_FILE.read_bytes()
    assert main([str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl cannot be read" in capsys.readouterr().err
    assert MODEL_FILE.read_bytes() == before


def test_fitting_needs_what_only_the_tests_install() -> None:
    assert importlib.util.find_spec("scipy") and importlib.util.find_spec("sklearn")
