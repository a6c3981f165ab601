import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from qa_bot.answering.answer import MODEL_FILE, model
from qa_bot.answering.confidence import ANSWERABLE, FAMILIAR
from qa_bot.retrieval.features import FEATURES
from qa_bot.training.answering import main, sentence_weights

ARTICLE = "# Gardens\n\n## Care of plants\n\nRoses drink water daily. Tulips drink less of it."


def test_the_model_that_comes_with_the_product_fits_the_code() -> None:
    learned = model()
    assert set(learned.sentence) == set(FEATURES)
    assert set(learned.answerable.weights) == set(ANSWERABLE)
    assert set(learned.familiar.weights) == set(FAMILIAR)
    for one in (learned.answerable, learned.familiar):
        assert 0 < one.threshold < 1
        assert all(np.isfinite([*one.weights.values(), one.bias]))
    assert all(np.isfinite([*learned.sentence.values()]))


def test_a_feature_that_tells_evidence_from_the_rest_gets_the_weight() -> None:
    """Two sentences; the evidence has more of the first feature, and the others say nothing."""
    features = np.zeros((2, len(FEATURES)), dtype=np.float32)
    features[:, 0] = 0.2, 0.9
    weights = sentence_weights([(features, np.array([False, True]))])
    assert weights[FEATURES[0]] > 0
    assert all(weights[name] == 0 for name in FEATURES[1:])
    assert sentence_weights([(features, np.array([False, True]))]) == weights  # the same every time
    other = sentence_weights([(features, np.array([True, False]))])
    assert other[FEATURES[0]] < 0


@pytest.mark.slow
def test_questions_of_another_subject_bring_their_articles(
    tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gardens = tmp_path / "gardens"
    (gardens / "corpus").mkdir(parents=True)
    (gardens / "corpus" / "care.md").write_text(ARTICLE, encoding="utf-8")
    rows = [
        {"id": "a", "question": "What do roses drink?", "evidence": [["water daily"]]},
        {"id": "b", "question": "How tall are oaks?", "evidence": []},
    ]
    text = "\n".join(map(json.dumps, rows))
    (gardens / "questions.jsonl").write_text(text, encoding="utf-8")
    monkeypatch.setenv("QA_BOT_INDEX", str(index))
    monkeypatch.setattr("qa_bot.training.answering.MODEL_FILE", tmp_path / "model.json")
    assert main([str(gardens)]) == 0
    assert "is fitted to 2 questions" in capsys.readouterr().out
    learned = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert set(learned["sentence"]) == set(FEATURES)


def test_a_file_that_is_missing_is_one_sentence_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = MODEL_FILE.read_bytes()
    assert main([str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl cannot be read" in capsys.readouterr().err
    assert MODEL_FILE.read_bytes() == before


def test_fitting_needs_what_only_the_tests_install() -> None:
    assert importlib.util.find_spec("scipy") and importlib.util.find_spec("sklearn")
