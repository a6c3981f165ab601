"""The measurements as one page: the table, and plots as plain SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.measuring import Row

WIDTH, HEIGHT, LEFT, LOW = 640, 220, 60, 30


def page(result: dict[str, Any], rows: Sequence[Row]) -> str:
    """The whole page, with a plot for each thing that was measured."""
    plotted = result["plotted"]
    plots = []
    if steps := plotted.get("steps"):
        plots.append(("Where the time of a question goes (ms)", bars(steps)))
    if peers := plotted.get("peers"):
        for key, said in (
            ("p50", "A warm question (ms)"),
            ("first", "Start to first answer (s)"),
            ("memory", "Peak memory (MB)"),
        ):
            plots.append((said, bars({name: of[key] for name, of in peers.items()})))
    if growth := plotted.get("growth"):
        points = [(one["passages"], one["p50"]) for one in growth]
        plots.append(("A question against the passages published (ms)", curve(points)))
    if readers := plotted.get("readers"):
        points = [(one["readers"], 1000 * one["p50"]) for one in readers]
        plots.append(("A question against readers at once (ms)", curve(points)))
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("page.html").render(result=result, rows=rows, plots=plots)


def bars(values: dict[str, float]) -> dict[str, Any]:
    """Horizontal bars: (name, value, y, width) each."""
    most = max(values.values(), default=1) or 1
    drawn = [
        (name, round(value, 1), 24 * place, round(340 * value / most, 1))
        for place, (name, value) in enumerate(values.items())
    ]
    return {"bars": drawn, "height": 24 * len(drawn)}


def curve(points: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """A line over a logarithmic axis: its points in the plot, with what stands at them."""
    most = max(y for _, y in points) or 1
    first, last = math.log10(points[0][0]), math.log10(points[-1][0])
    span = (last - first) or 1
    drawn = [
        (
            round(LEFT + (WIDTH - 2 * LEFT) * (math.log10(x) - first) / span, 1),
            round(HEIGHT - LOW - (HEIGHT - 2 * LOW) * y / most, 1),
            f"{x:,.0f}",
            f"{y:.3g}",
        )
        for x, y in points
    ]
    return {"points": drawn, "height": HEIGHT}
