"""`python -m qa_bot evaluate`: put the questions to the bot, judge, compare, and write the reports.

Leaves what is measured to `metrics`, the figures to `figures`, and how a report looks to `report`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from qa_bot.answering.answer import model
from qa_bot.answers import Level
from qa_bot.articles.corpus import read_corpus
from qa_bot.articles.questions import Question, check_evidence, read_questions, read_rows
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.errors import EvaluationError, QABotError, SettingsError
from qa_bot.evaluation import ablating
from qa_bot.evaluation.citations import PublishedArticles
from qa_bot.evaluation.comparing import Comparison, compare, read_results
from qa_bot.evaluation.crisis import CrisisReport, evaluate_crisis
from qa_bot.evaluation.figures import Result, untimed
from qa_bot.evaluation.metrics import Case
from qa_bot.evaluation.report import Report, as_lines
from qa_bot.files import write_text
from qa_bot.index.opening import open_store
from qa_bot.index.publishing import publish
from qa_bot.safety.escalating import screen_by_rules
from qa_bot.settings import Settings

NEEDS_PUBLISHING = frozenset({"corpus", "embedding_model"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, and where to write it. `settings`: each is compared with the environment's."""

    questions: Path | None = None
    crisis: Path | None = None
    json: Path | None = None
    html: Path | None = None
    against: Path | None = None
    ablate: bool = False
    settings: tuple[dict[str, str], ...] = ()


def evaluate(plan: Plan) -> Report:
    """Measure all of `plan`; its files are written by `main`.

    :raises QABotError: a file or a setting cannot be used, or nothing is published.
    """
    questions = read_questions(plan.questions) if plan.questions else ()
    crisis = read_rows(plan.crisis) if plan.crisis else ()
    old = read_results(plan.against) if plan.against else None
    variants = {_named(values): _chosen(values) for values in plan.settings}
    if not questions and (old is not None or plan.ablate or variants):
        raise EvaluationError("Comparisons are made on questions; name a file with --questions.")
    bot = QABot.open()
    encoder = _bare(Settings.from_environment())
    results = run(bot, encoder, questions) if questions else ()
    tallies = {"as set": str(bot.composer.tally)} if bot.composer else {}
    return Report(
        title=", ".join(str(path) for path in (plan.questions, plan.crisis) if path),
        made=datetime.now(UTC),
        encoder=encoder.fingerprint,
        articles=bot.articles(),
        threshold=model().answerable.threshold,
        results=results,
        crisis=_screened(bot, crisis) if crisis else None,
        against=compare(f"against {plan.against}", old, results) if old is not None else None,
        settings=tuple(
            compare(name, results, run_with(chosen, questions, name, tallies))
            for name, chosen in variants.items()
        ),
        ablation=tuple(_ablated(bot, encoder, questions, results)) if plan.ablate else (),
        language_models=tallies,
    )


def run(
    bot: QABot, encoder: Encoder, questions: Sequence[Question], name: str = "Asking"
) -> tuple[Result, ...]:
    """Put every question to a warm bot, one after the other, and judge the answers.

    `encoder`: encodes each question alone, to tell how long that takes.

    :raises EvaluationError: a row's evidence stands in no article.
    """
    check_evidence(questions, bot.articles())
    examples = {example.question for example in bot.generation().corpus.examples}
    if known := sum(question.question in examples for question in questions):
        tqdm.write(f"{known} of these are examples of the editors: they judge nothing.", sys.stderr)
    published = PublishedArticles(bot.articles())
    bot.warm_up()
    # What is read late is read now.
    bot.ask(questions[0].question, questions[0].history)
    encoder.encode_query(questions[0].question)
    return tuple(
        Result.of(_case(bot, encoder, question, published))
        for question in tqdm(questions, desc=name, unit="question", leave=False, disable=None)
    )


def _case(bot: QABot, encoder: Encoder, question: Question, published: PublishedArticles) -> Case:
    started = time.perf_counter()
    answer = bot.ask(question.question, question.history)
    answered = time.perf_counter()
    encoder.encode_query(question.question)
    encoded = time.perf_counter()
    return Case(
        question,
        answer,
        misquotes=published.misquotes(answer),
        broken=published.broken_citations(answer),
        seconds=answered - started,
        bare_seconds=encoded - answered,
    )


def _bare(settings: Settings) -> Encoder:
    """The encoder of a bot, apart from it, with as many threads."""
    return Encoder(
        settings.embedding_model,
        threads=1,
        exports=open_store(settings.index, settings.chroma_url).encoders,
    )


def run_with(
    settings: Settings, questions: Sequence[Question], name: str, tallies: dict[str, str]
) -> tuple[Result, ...]:
    """Run with other settings, in a bot of its own; what needs another index gets one for the time.

    `tallies` takes, by `name`, what came of asking a language model, where one is set.
    """
    with _published(settings) as ready:
        bot = QABot.open(ready)
        results = run(bot, _bare(ready), questions, name)
        if bot.composer:
            tallies[name] = str(bot.composer.tally)
        return results


@contextmanager
def _published(settings: Settings) -> Iterator[Settings]:
    usual = Settings.from_environment()
    if settings.index != usual.index or all(
        getattr(settings, name) == getattr(usual, name) for name in NEEDS_PUBLISHING
    ):
        yield settings
        return
    with tempfile.TemporaryDirectory() as folder:
        own = settings.model_copy(update={"index": Path(folder) / "index", "chroma_url": ""})
        store = open_store(own.index)
        publish(
            read_corpus(settings.corpus),
            Encoder(settings.embedding_model, exports=store.encoders),
            store,
            now=datetime.now(UTC),
            progress=lambda texts, count: tqdm(
                texts, total=count, desc="Publishing", unit="text", leave=False, disable=None
            ),
        )
        yield own


def _chosen(values: dict[str, str]) -> Settings:
    known = {name.upper(): name for name in Settings.model_fields}
    for name in values:
        if name.upper() not in known:
            raise SettingsError(f"{name} is no setting; use one of {', '.join(sorted(known))}.")
    return Settings.from_environment(**{known[n.upper()]: value for n, value in values.items()})


def _named(values: dict[str, str]) -> str:
    return ", ".join(f"{name.upper()}={value}" for name, value in values.items())


def _ablated(
    bot: QABot, encoder: Encoder, questions: Sequence[Question], results: Sequence[Result]
) -> Iterator[Comparison]:
    with ablating.remembered_work():
        for part in ablating.parts(bot, questions):
            with ablating.without(part):
                name = f"without {part.name}"
                # Times say nothing here: the work is remembered.
                yield compare(name, untimed(results), untimed(run(bot, encoder, questions, name)))


def _screened(bot: QABot, rows: Iterable[dict[str, object]]) -> CrisisReport:
    def level(message: str, history: Sequence[str]) -> Level | None:
        try:
            found = bot.ask(message, history).escalation
        except QABotError:
            found = screen_by_rules(message, history)
        return found.level if found else None

    bar = tqdm(list(rows), desc="Screening", unit="message", leave=False, disable=None)
    try:
        return evaluate_crisis(bar, level)
    except ValueError as error:
        raise EvaluationError(f"The crisis rows cannot be used: {error}.") from None


def main(plan: Plan) -> int:
    """Evaluate, print, write the files, and say by the status whether every floor is met."""
    report = evaluate(plan)
    # First of all on the screen: what took minutes is not lost where a file cannot be written.
    sys.stdout.writelines(f"{line}\n" for line in as_lines(report))
    if plan.json:
        write_text(plan.json, json.dumps(report.to_dict(), ensure_ascii=False, indent=1))
    if plan.html:
        write_text(plan.html, report.to_html())
    return 1 if report.below_floor else 0
