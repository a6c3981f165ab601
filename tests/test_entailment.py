"""A cross-encoder in the place of the encoder's word vectors: real ones, tiny, with chosen weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_bot.composing.cited import Cited
from qa_bot.composing.entailment import CrossEncoder
from qa_bot.composing.supporting import Supporter
from qa_bot.embedding.bundled import checked_folder
from qa_bot.embedding.encoder import Encoder
from qa_bot.errors import SettingsError
from qa_bot.index.generation import Generation
from qa_bot.settings import Settings
from tests.unpublished import generation

SENTENCE = "ECT requires anesthesia and hospital-based administration."


def model(folder: Path, biases: dict[str, float]) -> str:
    """A model that always gives these labels these scores."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    tokenizer = AutoTokenizer.from_pretrained(str(checked_folder()))
    config = BertConfig(
        vocab_size=tokenizer.vocab_size,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        id2label=dict(enumerate(biases)),
        label2id={label: at for at, label in enumerate(biases)},
    )
    made = BertForSequenceClassification(config)
    with torch.no_grad():
        made.classifier.weight.zero_()
        made.classifier.bias.copy_(torch.tensor(list(biases.values())))
    made.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(
    ("biases", "chance"),
    [
        ({"contradiction": 0.0, "entailment": 0.0}, 0.5),
        ({"ENTAILMENT": 2.0, "neutral": 0.0, "contradiction": 0.0}, 0.787),  # e²/(e² + 2)
        ({"LABEL_0": 0.0}, 0.5),  # one score: its sigmoid
    ],
)
def test_the_chance_is_that_of_the_label_entailment(
    tmp_path: Path, biases: dict[str, float], chance: float
) -> None:
    found = CrossEncoder(model(tmp_path, biases)).chance("ECT needs anesthesia.", SENTENCE)
    assert found == pytest.approx(chance, abs=0.001)


@pytest.fixture(scope="module")
def articles() -> Generation:
    return generation()


def test_it_decides_on_meaning_and_the_rules_stay(
    tmp_path: Path, articles: Generation, encoder: Encoder
) -> None:
    yes = CrossEncoder(model(tmp_path / "yes", {"entailment": 9.0, "neutral": 0.0}))
    no = CrossEncoder(model(tmp_path / "no", {"entailment": 0.0, "neutral": 9.0}))
    quotes = {1: Cited((SENTENCE,))}
    in_other_words = "ECT requires narcosis and hospital-based administration."
    assert Supporter.of(articles, encoder).check(in_other_words, quotes).reason
    assert Supporter.of(articles, encoder, yes).check(in_other_words, quotes).quotes == (1,)
    refused = Supporter.of(articles, encoder, no).check(SENTENCE, quotes)
    assert refused.reason == "is not entailed by its sentences"
    turned = "ECT does not require anesthesia."
    assert Supporter.of(articles, encoder, yes).check(turned, quotes).quotes == ()


def test_a_model_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match="cannot be loaded") as error:
        CrossEncoder(str(tmp_path))
    assert "\n" not in str(error.value)
    with pytest.raises(SettingsError, match="knows the labels toxic, kind, but no entailment"):
        CrossEncoder(model(tmp_path / "other", {"toxic": 0.0, "kind": 0.0}))
    monkeypatch.setenv("QA_BOT_LLM_ENTAILMENT", "some/model")
    assert Settings.from_environment().llm_entailment == "some/model"
