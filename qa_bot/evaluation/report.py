"""What an evaluation found: lines for a terminal, JSON for programs, one HTML file for people.

The page carries its own style and its own plots, drawn as SVG by the template; it needs no network
and no script. Every value is escaped by Jinja2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from qa_bot.evaluation.comparing import Comparison
from qa_bot.evaluation.crisis import CEILINGS, FLOORS, CrisisReport
from qa_bot.evaluation.figures import (
    ALL,
    READ,
    Figure,
    Operating,
    Result,
    abstention_curve,
    below_floor,
    figures,
    separation,
)
from qa_bot.evaluation.metrics import FEW_WORDS, METRICS, WORDS
from qa_bot.records import Article
from qa_bot.ui.rendering import render

VERSION = 1  # of the JSON
BY_KIND = (f"evidence within {WORDS} words", "abstention recall")  # printed; the files have all
# The figures that tables of many runs show, and their names where there is little room.
COMPARED = {
    f"evidence within {WORDS} words": f"in {WORDS}",
    f"evidence within {FEW_WORDS} words": f"in {FEW_WORDS}",
    "evidence in first quote": "first",
    "quoted words": "words",
    "abstention recall": "refused",
    "false abstentions": "falsely",
    "both articles": "both",
}


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation. `title`: the files of rows; `results` is () when only the screen was measured.

    `language_models`: for each run with one, what came of asking it.
    """

    title: str
    made: datetime
    encoder: str
    articles: tuple[Article, ...]
    threshold: float
    results: tuple[Result, ...] = ()
    crisis: CrisisReport | None = None
    against: Comparison | None = None
    settings: tuple[Comparison, ...] = ()
    ablation: tuple[Comparison, ...] = ()
    language_models: Mapping[str, str] = field(default_factory=dict)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Over all questions first, then by kind; () without questions."""
        return figures(self.results) if self.results else ()

    @property
    def below_floor(self) -> tuple[str, ...]:
        """One sentence for each missed floor, of answers and of the screen."""
        screen = self.crisis.below_floor if self.crisis else ()
        return (*below_floor(self.figures), *screen)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types. `results` is what a later `--against` reads."""
        return {
            "version": VERSION,
            "title": self.title,
            "made": self.made.isoformat(timespec="seconds"),
            "encoder": self.encoder,
            "articles": {article.id: article.version for article in self.articles},
            "threshold": self.threshold,
            "figures": [figure.to_dict() for figure in self.figures],
            "below_floor": list(self.below_floor),
            "separation": separation(self.results),
            "abstention_curve": [
                {
                    "threshold": round(point.threshold, 4),
                    "refused_rightly": round(point.refused_rightly, 4),
                    "refused_wrongly": round(point.refused_wrongly, 4),
                }
                for point in abstention_curve(self.results)
            ],
            "evidence_by_words": dict(zip(READ, evidence_by_words(self.results), strict=True))
            if self.results
            else {},
            "against": self.against.to_dict() if self.against else None,
            "settings": [one.to_dict(quotes=False) for one in self.settings],
            "ablation": [one.to_dict(quotes=False) for one in self.ablation],
            "language_models": dict(self.language_models),
            "crisis": self.crisis.to_dict() if self.crisis else None,
            "results": [result.to_dict() for result in self.results],
        }

    def to_html(self) -> str:
        """One page, complete in itself."""
        found = self.figures
        kinds = tuple(dict.fromkeys(figure.kind for figure in found if figure.kind != ALL))
        return render(
            "report.html",
            report=self,
            overall=[figure for figure in found if figure.kind == ALL],
            metrics=METRICS,
            kinds=kinds,
            by_kind={(figure.kind, figure.metric.name): figure for figure in found},
            counts={kind: sum(result.kind == kind for result in self.results) for kind in kinds},
            failed=[result for result in self.results if result.failed],
            abstention=_lines(abstention_curve(self.results)),
            separation=separation(self.results),
            reading=list(zip(READ, evidence_by_words(self.results), strict=False)),
            compared=tuple(COMPARED),
            evidence_marked=evidence_marked,
            floors=FLOORS,
            ceilings=CEILINGS,
        )


def evidence_by_words(results: Sequence[Result]) -> tuple[float, ...]:
    """The mean share of evidence found within so many quoted words as `READ` says; () without any."""
    answerable = [result.by_words for result in results if result.answerable]
    return tuple(sum(column) / len(column) for column in zip(*answerable, strict=True))


def evidence_marked(text: str, groups: Sequence[Sequence[str]]) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it is part of a snippet of evidence.

    >>> evidence_marked("It takes weeks.", [["takes weeks"]])
    [('It ', False), ('takes weeks', True), ('.', False)]
    """
    snippets = sorted({s for group in groups for s in group}, key=len, reverse=True)
    if not snippets:
        return [(text, False)]
    pieces = re.split(f"({'|'.join(map(re.escape, snippets))})", text)
    return [(piece, bool(n % 2)) for n, piece in enumerate(pieces) if piece]


def _lines(curve: Sequence[Operating]) -> dict[str, list[tuple[float, float]]]:
    """The two lines of the abstention curve, with upright steps; {} without a curve."""
    # A question is refused above its own confidence, so each value holds up to the next threshold.
    steps = [
        (at, after)
        for before, after in pairwise(curve)
        for at in (before.threshold, after.threshold)
    ]
    return (
        {
            "right": [(at, point.refused_rightly) for at, point in steps],
            "wrong": [(at, point.refused_wrongly) for at, point in steps],
        }
        if steps
        else {}
    )


def as_lines(report: Report) -> Iterator[str]:
    """The report in lines for a terminal."""
    for result in report.results:
        if result.failed:
            yield f"✗ {result.id} {result.kind}: {result.question[:100]}"
            yield from (f"    {fault}" for fault in result.faults)
    yield from (str(figure) for figure in report.figures if figure.kind == ALL)
    for name in BY_KIND:
        yield ""
        of_name = [figure for figure in report.figures if figure.metric.name == name]
        yield from (f"{figure}  {figure.kind}" for figure in of_name if figure.kind != ALL)
    if report.against:
        yield ""
        yield report.against.name
        yield from (f"  {one}" for one in report.against.differences)
        yield f"  {len(report.against.changed)} answers changed"
        yield from (
            f"    {changed.verdict or 'other':6} {changed.new.id}: {changed.new.question[:90]}"
            for changed in report.against.changed
        )
    for comparisons in filter(None, (report.settings, report.ablation)):
        yield ""
        yield from _table(comparisons)
    for name, tally in report.language_models.items():
        yield f"{name}: {tally}"
    if report.crisis:
        yield ""
        yield report.crisis.render()
    yield ""
    yield from report.below_floor or ["All floors are met."]


def _table(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """One line a run: what changed, with a * where the interval leaves out 0."""
    width = max(len(comparison.name) for comparison in comparisons)
    names = "".join(f"{short:>9}" for short in COMPARED.values())
    yield f"{'change (* clear)':{width}}{names}  answers changed"
    for comparison in comparisons:
        numbers = ""
        for name in COMPARED:
            one = comparison.by_name(name)
            digits = 3 if one.metric.unit == "share" else 1
            told = "–" if one.change != one.change else f"{one.change:+.{digits}f}"
            numbers += f"{told + ('*' if one.verdict else ' '):>9}"
        yield (
            f"{comparison.name:{width}}{numbers}  {len(comparison.changed)}: "
            f"{comparison.count('better')} better, {comparison.count('worse')} worse"
        )
