"""The same two articles, the same encoder and the same questions, with what people would use otherwise.

    python -m benchmarks.peers NAME build FOLDER    index the articles
    python -m benchmarks.peers NAME ask FOLDER      open that index, answer, and say how long it took

Each peer is set up as its first guide shows, on one thread. `qa-bot` is among them.
"""

from __future__ import annotations

import json
import os
import sys
import time

START = time.perf_counter()
os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}
os.environ |= {"HAYSTACK_TELEMETRY_ENABLED": "False", "ANONYMIZED_TELEMETRY": "False"}

from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from benchmarks.measuring import ROOT, questions, seconds  # noqa: E402

FOUND = 4
Ask = Callable[[str], Any]


def texts() -> list[str]:
    from qa_bot.articles.corpus import read_corpus

    return [article.text for article in read_corpus(ROOT / "corpus").articles]


def encoder_folder() -> str:
    from qa_bot.embedding.bundled import checked_folder

    return str(checked_folder())


def sentence_transformer() -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    return SentenceTransformer(encoder_folder(), device="cpu")


def qa_bot(folder: Path, build: bool) -> Ask:
    from qa_bot import QABot

    if build:
        import ingest

        ingest.main(["publish", "--index", str(folder)])
    return QABot(folder, "bundled").ask


def langchain(folder: Path, build: bool) -> Ask:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

    model = sentence_transformer()

    class Encoder(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return model.encode(texts).tolist()  # type: ignore[no-any-return]

        def embed_query(self, text: str) -> list[float]:
            return model.encode(text).tolist()  # type: ignore[no-any-return]

    store = Chroma("articles", Encoder(), persist_directory=str(folder))
    if build:
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=500, chunk_overlap=50)
        store.add_documents(splitter.create_documents(texts()))
    return store.as_retriever(search_kwargs={"k": FOUND}).invoke


def llama_index(folder: Path, build: bool) -> Ask:
    from llama_index.core import (
        Document,
        Settings,
        StorageContext,
        VectorStoreIndex,
        load_index_from_storage,
    )
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.llm = None
    Settings.embed_model = HuggingFaceEmbedding(encoder_folder(), device="cpu")
    if build:
        built = VectorStoreIndex.from_documents([Document(text=text) for text in texts()])
        built.storage_context.persist(folder)
    index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder)))
    return index.as_retriever(similarity_top_k=FOUND).retrieve


def haystack(folder: Path, build: bool) -> Ask:
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    model, file = sentence_transformer(), folder / "store.json"
    if build:
        folder.mkdir(parents=True, exist_ok=True)
        store = InMemoryDocumentStore()
        splitter = DocumentSplitter(split_by="word", split_length=80, split_overlap=10)
        pieces = splitter.run([Document(content=text) for text in texts()])["documents"]
        vectors = model.encode([piece.content for piece in pieces]).tolist()
        store.write_documents(
            [Document(content=p.content, embedding=v) for p, v in zip(pieces, vectors, strict=True)]
        )
        store.save_to_disk(str(file))
    retriever = InMemoryEmbeddingRetriever(InMemoryDocumentStore.load_from_disk(str(file)))
    return lambda text: retriever.run(model.encode(text).tolist(), top_k=FOUND)


def txtai(folder: Path, build: bool) -> Ask:
    from txtai import Embeddings

    index = Embeddings(path=encoder_folder(), content=True, gpu=False)
    if build:
        index.index([part for text in texts() for part in text.split("\n\n") if part.strip()])
        index.save(str(folder))
    index.load(str(folder))
    return lambda text: index.search(text, FOUND)


PEERS: dict[str, Callable[[Path, bool], Ask]] = {
    "qa-bot": qa_bot,
    "LangChain": langchain,
    "LlamaIndex": llama_index,
    "Haystack": haystack,
    "txtai": txtai,
}


def main() -> None:
    name, command, folder = sys.argv[1:]
    if command == "build":
        PEERS[name](Path(folder), True)
        return
    ask = PEERS[name](Path(folder), False)
    asked = questions()
    ask(asked[0])
    first = time.perf_counter() - START
    for question in asked[:10]:
        ask(question)
    print(json.dumps({"first": first, "warm": seconds(ask, asked)}))


if __name__ == "__main__":
    main()
