import importlib.machinery
import importlib.util
import os
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from qa_bot.digests import file_digest
from qa_bot.embedding.bundled import PACKAGE, SHA256, folder
from qa_bot.embedding.encoder import Encoder
from qa_bot.errors import EncoderError
from qa_bot.words import words

TEXTS = [
    "How long is an adequate antidepressant trial?",
    "TMS’s magnetic pulses reach the prefrontal cortex.",
    "Spravato (esketamine) works within hours to days.",
]
few = settings(
    deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def pretend_installed(monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    """Let the package of the bundled weights be found in `folder`, or not at all."""
    spec = folder and importlib.machinery.ModuleSpec(
        PACKAGE, None, origin=str(folder / "__init__.py")
    )
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)


@few
@given(text=st.text(max_size=60) | st.sampled_from(TEXTS))
def test_every_vector_is_of_length_one_and_every_word_has_its_own(
    encoder: Encoder, text: str
) -> None:
    encoded = encoder.encode_query(text)
    assert encoded.vector.shape == (384,)
    assert np.linalg.norm(encoded.vector) == pytest.approx(1, abs=1e-5)
    assert encoded.word_vectors.shape == (len(encoded.words), 384)
    assert np.linalg.norm(encoded.word_vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert [(w.text, w.start) for w in encoded.words if w in words(text)] == [
        (w.text, w.start) for w in encoded.words
    ]


def test_all_words_of_plain_text_have_vectors(encoder: Encoder) -> None:
    for text, encoded in zip(TEXTS, encoder.encode(TEXTS, "document"), strict=True):
        assert encoded.words == words(text)


def test_words_beyond_the_models_limit_are_left_out(encoder: Encoder) -> None:
    encoded = encoder.encode_query("word " * 1000)
    assert len(encoded.words) == 254  # 256 tokens, less the two that mark the ends


def test_a_word_means_what_its_sentence_makes_of_it(encoder: Encoder) -> None:
    money, river, deposit = encoder.encode(
        ["She paid cash at the bank.", "She sat on the river bank.", "The bank kept her savings."],
        "document",
    )
    vectors = [
        e.word_vectors[[w.stem for w in e.words].index("bank")] for e in (money, river, deposit)
    ]
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[1]


@pytest.mark.slow
def test_a_question_and_a_passage_are_what_sentence_transformers_makes_of_them(
    encoder: Encoder,
) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder()), device="cpu")
    for ours in (encoder, Encoder()):
        for text in TEXTS:
            assert ours.embed_query(text) == pytest.approx(model.encode_query(text), abs=1e-5)
        many = np.array(ours.embed_documents(TEXTS))
        assert many == pytest.approx(model.encode_document(TEXTS), abs=1e-5)


def test_a_batch_gives_what_single_texts_give(encoder: Encoder) -> None:
    many = encoder.encode(TEXTS, "document", batch_size=2)
    for text, encoded in zip(TEXTS, many, strict=True):
        (single,) = encoder.encode([text], "document")
        assert encoded.vector == pytest.approx(single.vector, abs=1e-4)
        assert encoded.word_vectors == pytest.approx(single.word_vectors, abs=1e-3)


def test_nothing_and_no_text_are_encoded_too(encoder: Encoder) -> None:
    assert list(encoder.encode([], "query")) == []
    assert encoder.encode_query("").word_vectors.shape == (0, 384)


def test_only_whole_words_of_the_vocabulary_are_common(encoder: Encoder) -> None:
    assert encoder.is_common("depression")
    assert not encoder.is_common("depresion")


def test_it_is_a_langchain_embeddings_and_serves_a_langchain_store(encoder: Encoder) -> None:
    from langchain_chroma import Chroma

    assert isinstance(encoder, Embeddings)
    store = Chroma("three_texts", embedding_function=encoder)
    store.add_texts(TEXTS)
    for question, text in (("How quick is Spravato?", TEXTS[2]), ("What is TMS?", TEXTS[1])):
        assert store.similarity_search(question, k=1)[0].page_content == text


def test_the_bundled_weights_are_those_its_authors_published() -> None:
    weights = folder() / "model.safetensors"
    assert file_digest(weights) == SHA256
    assert Encoder().fingerprint == f"bundled:{SHA256[:16]}"


def test_nothing_is_loaded_before_the_first_text() -> None:
    encoder = Encoder("no-such-folder/of-a-model")
    assert encoder.fingerprint == "no-such-folder/of-a-model"


@pytest.mark.parametrize("damage", ["changed", "shortened", "deleted"])
def test_damaged_weights_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    model = shutil.copytree(folder(), tmp_path / "model")
    weights = model / "model.safetensors"
    if damage == "changed":
        with weights.open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            last = file.read(1)
            file.seek(-1, os.SEEK_END)
            file.write(bytes([last[0] ^ 1]))
    elif damage == "shortened":
        os.truncate(weights, 1000)
    else:
        weights.unlink()
    pretend_installed(monkeypatch, tmp_path)
    with pytest.raises(
        EncoderError, match=r"^The bundled embedding model is damaged: .*run `.venv"
    ):
        Encoder().embed_query("What is TMS?")


def test_missing_weights_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_installed(monkeypatch, None)
    with pytest.raises(EncoderError, match="is not installed; run `make install`"):
        Encoder().embed_query("What is TMS?")


@pytest.mark.parametrize("content", [None, "", "{}", "not JSON"])
def test_a_folder_that_holds_no_model_is_one_sentence(
    tmp_path: Path, encoder: Encoder, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(EncoderError) as error:
        Encoder(str(tmp_path)).embed_query("What is TMS?")
    assert f'"{tmp_path}" cannot be loaded' in str(error.value)
    assert "QA_BOT_EMBEDDING_MODEL" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_name_that_nobody_knows_is_one_sentence(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    encoder.embed_query("loaded")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError) as error:
        Encoder("nobody/no-such-model").embed_query("What is TMS?")
    assert '"nobody/no-such-model" cannot be loaded' in str(error.value)
    assert "\n" not in str(error.value)


def test_a_model_without_vectors_for_words_is_refused(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder() / "tokenizer.json"))
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)]).save(str(tmp_path))
    with pytest.raises(EncoderError, match="gives no vectors for single words"):
        Encoder(str(tmp_path)).embed_query("What is TMS?")


def test_the_bundled_encoder_asks_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(*address: object, **_: object) -> None:
        asked.append(address)
        raise OSError("no network here")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    Encoder().embed_query("What is TMS?")
    assert asked == []
    assert os.environ["HF_HUB_OFFLINE"] == "1"


@pytest.fixture(scope="module")
def prompted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sentence_transformers import SentenceTransformer

    made = tmp_path_factory.mktemp("models") / "with-prompts"
    model = SentenceTransformer(
        str(folder()),
        device="cpu",
        prompts={"query": "query: ", "document": "passage: "},
        default_prompt_name="query",
    )
    model.save(str(made), create_model_card=False)
    return made


@pytest.mark.slow
def test_each_role_has_the_form_the_model_was_trained_with(
    prompted_folder: Path, encoder: Encoder
) -> None:
    prompted = Encoder(str(prompted_folder))
    text = TEXTS[0]
    query, document = prompted.embed_query(text), prompted.embed_documents([text])[0]
    assert query == pytest.approx(encoder.embed_query("query: " + text), abs=1e-5)
    assert document == pytest.approx(encoder.embed_query("passage: " + text), abs=1e-5)
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(prompted_folder), device="cpu")
    assert query == pytest.approx(model.encode_query(text), abs=1e-5)
    assert document == pytest.approx(model.encode_document(text), abs=1e-5)


@pytest.mark.slow
def test_the_exported_form_keeps_the_prompts(prompted_folder: Path, tmp_path: Path) -> None:
    plain, exported = Encoder(str(prompted_folder)), Encoder(str(prompted_folder), exports=tmp_path)
    exported.export()
    assert exported.embed_query(TEXTS[0]) == pytest.approx(plain.embed_query(TEXTS[0]), abs=1e-5)
    ours, theirs = exported.embed_documents(TEXTS), plain.embed_documents(TEXTS)
    assert np.array(ours) == pytest.approx(np.array(theirs), abs=1e-5)


@pytest.mark.slow
def test_the_words_of_a_prompt_are_not_the_texts(prompted_folder: Path, encoder: Encoder) -> None:
    ours = Encoder(str(prompted_folder)).encode_query(TEXTS[0])
    plain = encoder.encode_query("query: " + TEXTS[0])
    assert [w.text for w in ours.words] == [w.text for w in words(TEXTS[0])]
    assert ours.word_vectors == pytest.approx(plain.word_vectors[1:], abs=1e-5)


@pytest.mark.slow
def test_the_fingerprint_changes_with_any_file_of_the_model(
    prompted_folder: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(prompted_folder, tmp_path / prompted_folder.name)
    assert Encoder(str(copy)).fingerprint == Encoder(str(prompted_folder)).fingerprint
    config = copy / "config_sentence_transformers.json"
    config.write_text(config.read_text().replace("query: ", "question: "))
    assert Encoder(str(copy)).fingerprint != Encoder(str(prompted_folder)).fingerprint
