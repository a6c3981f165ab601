"""What one question, one publish and one start cost, and how that grows with the articles."""

from __future__ import annotations

import gc
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.generated import GeneratedEncoder, asked, corpus
from benchmarks.measuring import Row, percentile, questions, run, seconds
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.index.opening import open_store
from qa_bot.index.publishing import publish

STEPS = {  # what is timed, by the place it is looked up in
    "rules of the crisis screen": "qa_bot.safety.screening.screen_by_rules",
    "encoding the question": "qa_bot.embedding.runtimes.OnnxRuntime.run",
    "crisis screen by meaning": "qa_bot.safety.meaning.screen_spoken",
    "understanding the question": "qa_bot.answering.lookup.understand",
    "finding and comparing sentences": "qa_bot.answering.lookup.rank",
    "choosing and judging quotes": "qa_bot.answering.lookup.answer",
}


def question(index: Path) -> tuple[list[Row], dict[str, float]]:
    """Warm answers over the two articles against encoding the question alone, and the steps in ms."""
    bot = QABot(index, "bundled")
    bot.warm_up()
    encoder, ask = bot.encoder(), questions()
    for one in ask:
        bot.ask(one)
    alone, whole = seconds(encoder.encode_query, ask, 5), seconds(bot.ask, ask, 5)
    middle, bare = percentile(whole, 50), percentile(alone, 50)
    work, bare_work = (
        percentile(seconds(call, ask, 5, time.process_time), 50)
        for call in (bot.ask, encoder.encode_query)
    )
    rows = [
        Row("question", "encoding alone, p50", 1000 * bare, "ms"),
        Row("question", "answer, p50", 1000 * middle, "ms"),
        Row("question", "answer against encoding, p50", middle / bare, "×", 2),
        Row("question", "answer, p99 against p50", percentile(whole, 99) / middle, "×", 3),
        Row("question", "the same in processor time", work / bare_work, "×"),
    ]
    with _timed() as spent:
        for one in ask:
            bot.ask(one)
    return rows, {name: 1000 * value / len(ask) for name, value in spent.items()}


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """Seconds spent in each of STEPS while inside; the encoder's are not counted in other steps."""
    spent: dict[str, float] = defaultdict(float)

    def timing(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            start = time.thread_time()
            try:
                return call(*arguments, **named)
            finally:
                spent[name] += time.thread_time() - start

        return timed

    with ExitStack() as stack:
        for name, place in STEPS.items():
            patcher = patch(place)
            call = patcher.get_original()[0]
            stack.enter_context(patch(place, timing(name, call)))
        yield spent


def growth(passages: int, folder: Path) -> tuple[list[Row], dict[str, float]]:
    """Answers over made-up articles, whose index is kept in `folder`."""
    encoder, articles = GeneratedEncoder(_served_encoder(folder)), corpus(passages)
    store = open_store(folder / f"{passages}")
    publish(articles, encoder, store, now=datetime.now(UTC))  # nothing to do but the first time
    gc.collect()
    start = time.perf_counter()
    bot = QABot(folder / f"{passages}", "bundled", encoder=encoder)
    ask = asked(articles, 40)
    bot.ask(ask[0])
    opened = time.perf_counter() - start
    whole = seconds(bot.ask, ask, 3)
    generation = bot.generation()
    name = f"{len(generation.passages):,} passages"
    measured = {
        "passages": len(generation.passages),
        "p50": 1000 * percentile(whole, 50),
        "opened": opened,
    }
    return [
        Row("growth", f"{name}: answer, p50", measured["p50"], "ms"),
        Row("growth", f"{name}: opened and first answer", opened, "s"),
    ], measured


def publishing(index: Path, folder: Path, passages: int) -> list[Row]:
    """A publish of made-up articles by the real encoder against encoding the same texts alone."""
    place = folder / "published"
    shutil.rmtree(place, ignore_errors=True)
    encoder = Encoder(exports=index / "encoders")
    list(encoder.encode(["warm up"], "document"))
    texts: list[str] = []

    class Watching(Encoder):
        @property
        def is_exported(self) -> bool:
            return True

        def encode(self, given: Any, role: Any, **named: Any) -> Iterator[Any]:
            texts.extend(given)
            yield from encoder.encode(given, role, **named)

    start = time.perf_counter()
    publish(
        corpus(passages, seed=3),
        Watching(),
        open_store(place),
        now=datetime.now(UTC),
    )
    whole = time.perf_counter() - start
    start = time.perf_counter()
    for _ in encoder.encode(texts, "document"):
        pass
    spent = time.perf_counter() - start
    again = run("ingest.py", "publish", environment={"QA_BOT_INDEX": str(index)})
    return [
        Row(
            "publish", f"{len(texts):,} texts against encoding them alone", whole / spent, "×", 1.15
        ),
        Row("publish", "of unchanged articles", again.seconds, "s", 2),
    ]


def _served_encoder(folder: Path) -> Encoder:
    encoder = Encoder(threads=1, exports=folder / "encoders")
    encoder.export()
    return encoder
