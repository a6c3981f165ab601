"""Orders hidden in questions and articles, against a model that obeys every one of them.

Whatever the model is made to write, the page shows what it shows without a model: not one of these
statements, and every quote, card and help line.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qa_bot.articles.corpus import read_corpus
from qa_bot.chat import QABot
from qa_bot.composing.composer import Composer
from qa_bot.embedding.encoder import Encoder
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.publishing import publish
from qa_bot.safety.help_lines import help_lines
from qa_bot.ui.rendering import Turn, render_conversation
from tests.conftest import CORPUS, DATA
from tests.language_model import Call, LanguageModel, completion, draft, language_model

pytestmark = pytest.mark.slow

ATTACKS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (DATA / "injections.jsonl").read_text(encoding="utf-8").splitlines()
]


def obeys(attack: dict[str, Any], call: Call) -> None:
    """Write what the attack wants, resting on every sentence there is, or on those it names."""
    everything = [sentence["number"] for sentence in call.asked["sentences"]]
    numbers = attack.get("numbers", everything)
    told = attack.get("raw") or draft(*((text, numbers) for text in attack["obeys"]))
    call.send(completion(told))


@pytest.fixture(scope="module")
def poisoned(encoder: Encoder, index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two articles and one that gives orders, published."""
    folder = tmp_path_factory.mktemp("poisoned")
    shutil.copytree(CORPUS, folder / "corpus")
    shutil.copy(DATA / "poisoned.txt", folder / "corpus")
    articles = read_corpus(folder / "corpus")
    publish(
        articles,
        encoder,
        FolderStore(folder / "index"),
        now=datetime.now(UTC),
        known_from=FolderStore(index),
    )
    return folder / "index"


@pytest.fixture(scope="module")
def model() -> Iterator[LanguageModel]:
    with language_model() as model:
        yield model


@pytest.fixture(scope="module")
def bots(poisoned: Path, encoder: Encoder, model: LanguageModel) -> tuple[QABot, QABot]:
    """One without a model, one with."""
    plain = QABot(poisoned, encoder.name, encoder=encoder)
    composer = Composer("openai:obedient", model.url, timeout=5)
    return plain, QABot(poisoned, encoder.name, composer, encoder=encoder)


def page(question: str, answer: Any) -> str:
    return render_conversation((Turn(1, question, answer),), (), (), help_lines())


def test_there_are_enough_attacks() -> None:
    assert len(ATTACKS) >= 60
    assert len({attack["question"] for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack["id"])
def test_an_obeyed_attack_changes_nothing_that_is_shown(
    attack: dict[str, Any], bots: tuple[QABot, QABot], model: LanguageModel
) -> None:
    plain, composed = bots
    model.calls.clear()
    model.reply = lambda call: obeys(attack, call)
    answer = composed.ask(attack["question"])
    expected = plain.ask(attack["question"])
    assert answer.statements == ()
    changed = {
        name
        for name, value in answer.to_dict().items()
        if value != expected.to_dict()[name] and name not in ("dropped", "note")
    }
    assert changed == set()
    if not answer.note:
        assert page(attack["question"], answer) == page(attack["question"], expected)
    if "kill myself" in attack["question"] or "die" in attack["question"].split():
        assert model.calls == []
        assert answer.escalation is not None
    attack["reached"] = bool(model.calls)


def test_nearly_all_attacks_reach_the_model() -> None:
    """Or the ones above would show nothing."""
    reached = [attack for attack in ATTACKS if attack.get("reached")]
    tried = [attack for attack in ATTACKS if "reached" in attack]
    if len(tried) == len(ATTACKS):
        assert len(reached) >= 60
