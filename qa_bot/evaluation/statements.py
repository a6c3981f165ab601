"""How well the verifier tells statements that sentences support from those they do not.

`python -m qa_bot evaluate --statements F.jsonl`. A row: `{"id", "label": "right" | "wrong", "kind",
"statement", "cited": [{"sentences": […], "heading", "before", "title"}, …], "by"}`; `cited` are the
sentences of each quote.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from qa_bot.composing.cited import Cited
from qa_bot.composing.showable import unfit
from qa_bot.composing.supporting import Supporter
from qa_bot.errors import EvaluationError
from qa_bot.evaluation.intervals import wilson

CAUGHT_FLOOR = 0.97  # of the wrong statements
KEPT_FLOOR = 0.85  # of the right ones


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement, the sentences it rests on, and whether they support it. `by`: who made it."""

    id: str
    label: Literal["right", "wrong"]
    kind: str
    statement: str
    cited: tuple[Cited, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair, and why its statement would be dropped; "" if it would be shown."""

    pair: Pair
    reason: str

    @property
    def is_right(self) -> bool:
        """Whether a right statement was kept, or a wrong one dropped."""
        return (self.pair.label == "wrong") == bool(self.reason)


def read_pairs(rows: Iterable[dict[str, object]]) -> tuple[Pair, ...]:
    """Rows of a file, checked.

    :raises EvaluationError: a row is no such pair.
    """
    reader = TypeAdapter(Pair)
    pairs = []
    for number, row in enumerate(rows, start=1):
        try:
            pairs.append(reader.validate_python(row))
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(map(str, problem["loc"]))
            raise EvaluationError(
                f"Row {number} is no pair of statement and sentences: {place}, {problem['msg']}."
            ) from None
    return tuple(pairs)


def judge(pair: Pair, supporter: Supporter) -> Judged:
    """What would become of the statement."""
    quotes = dict(enumerate(pair.cited, start=1))
    return Judged(pair, unfit(pair.statement) or supporter.check(pair.statement, quotes).reason)


@dataclass(frozen=True, slots=True)
class StatementReport:
    """All judged pairs of a file."""

    judged: tuple[Judged, ...]

    def of(self, label: str, kind: str = "", by: str = "") -> tuple[int, int]:
        """Judged rightly, and all, of one label; of one kind or maker where named."""
        chosen = [
            one.is_right
            for one in self.judged
            if one.pair.label == label and kind in ("", one.pair.kind) and by in ("", one.pair.by)
        ]
        return sum(chosen), len(chosen)

    @property
    def below_floor(self) -> tuple[str, ...]:
        """One sentence for each missed floor."""
        missed = []
        for label, name, floor in (
            ("wrong", "wrong statements caught", CAUGHT_FLOOR),
            ("right", "right statements kept", KEPT_FLOOR),
        ):
            found, count = self.of(label)
            if count and found / count < floor:
                missed.append(f"{name}: {found / count:.3g}, at least {floor:g} is needed.")
        return tuple(missed)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of the wrong statements, in the order of the file."""
        return tuple(dict.fromkeys(j.pair.kind for j in self.judged if j.pair.label == "wrong"))


def as_lines(report: StatementReport) -> Iterator[str]:
    """Lines for a terminal: figures with 95 % intervals, then every pair that was misjudged."""
    for label, judged in (("right", "kept"), ("wrong", "caught")):
        yield _line(f"{label} statements {judged}", *report.of(label))
        for maker in dict.fromkeys(j.pair.by for j in report.judged if j.pair.label == label):
            if maker:
                yield _line(f"  {label}, by {maker}", *report.of(label, by=maker))
    for kind in report.kinds:
        yield _line(f"  wrong, {kind}", *report.of("wrong", kind))
    for one in report.judged:
        if not one.is_right:
            fate = (
                f"dropped: {one.reason}" if one.reason else f"shown, though wrong ({one.pair.kind})"
            )
            yield f"  {one.pair.id}  {one.pair.statement}  [{fate}]"
    yield from report.below_floor


def _line(name: str, found: int, count: int) -> str:
    low, high = wilson(found, count)
    share = found / count if count else 0.0
    return f"{name:28} {share:7.3f}  [{low:.3f}, {high:.3f}]  n={count}"


def evaluate_statements(pairs: Sequence[Pair], supporter: Supporter) -> StatementReport:
    """Judge them all."""
    return StatementReport(tuple(judge(pair, supporter) for pair in pairs))


def measure(path: Path) -> int:
    """Judge the pairs of a file by what is published, and print; 1 under a floor.

    :raises QABotError: the file cannot be used, or nothing is published.
    """
    from qa_bot.articles.questions import read_rows
    from qa_bot.chat import QABot
    from qa_bot.composing.entailment import CrossEncoder
    from qa_bot.settings import Settings

    bot = QABot.open()
    named = Settings.from_environment().llm_entailment
    entailment = CrossEncoder(named) if named else None
    pairs = read_pairs(read_rows(path))
    report = evaluate_statements(pairs, Supporter.of(bot.generation(), bot.encoder(), entailment))
    sys.stdout.writelines(f"{line}\n" for line in as_lines(report))
    return 1 if report.below_floor else 0
