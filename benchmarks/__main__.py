"""`make bench`: measure everything in one run, print a table, and write reports/bench.json and .html.

python -m benchmarks [PART …] [--passages N …] [--vectors N …] [--seconds N] [--out FOLDER]

Parts: question, start, peers, publish, growth, search, readers. Times depend on the machine and on what
else it does; ratios within one run do much less.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run as command
from typing import Any

from benchmarks import costs, peers
from benchmarks.measuring import ROOT, Row, percentile, run
from benchmarks.page import page
from benchmarks.searching import searching
from benchmarks.serving import CRISIS, ask, crowd, served

BUILD = ROOT / "build/benchmarks"
INDEX = BUILD / "index"
PARTS = ("question", "start", "peers", "publish", "growth", "search", "readers")
READERS, THINK = (1, 10, 50), 5.0


class Bench:
    """What was measured so far: `rows` of the table, and `plotted` by the name of the plot."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.rows: list[Row] = []
        self.plotted: dict[str, Any] = {}

    def add(self, *rows: Row) -> None:
        for row in rows:
            print(f"{row.name:<58} {row.value:>9.2f} {row.unit:<3} {row.verdict}", flush=True)
        self.rows += rows

    def question(self) -> None:
        rows, steps = costs.question(INDEX)
        self.plotted["steps"] = steps
        self.add(*rows)
        self.add(*(Row("steps", f"of which {name}", value, "ms") for name, value in steps.items()))

    def start(self) -> None:
        up, bare, first, crisis = [], [], [], []
        for _ in range(3):
            with served(None) as page_alone:
                bare.append(page_alone.seconds)
            with served(INDEX) as chat:
                up.append(chat.seconds)
                for found, message in ((crisis, CRISIS), (first, "What is TMS?")):
                    found.append(asyncio.run(ask_once(chat.url, message)))
        self.add(
            Row("start", "page up", min(up), "s"),
            Row("start", "page up against a bare Gradio page", min(up) / min(bare), "×", 1.3),
            Row("start", "then a crisis answered", min(crisis), "s", 1),
            Row("start", "then the first cited answer", min(crisis) + min(first), "s", 1.5),
        )

    def peers(self) -> None:
        found: dict[str, dict[str, float]] = {}
        for name in 2 * tuple(
            peers.PEERS
        ):  # the better of two, as the machine is never quite still
            folder = BUILD / name
            try:
                if name == "qa-bot" or not folder.exists():  # the code here may have changed
                    run("-m", "benchmarks.peers", name, "build", str(folder))
                finished = run("-m", "benchmarks.peers", name, "ask", str(folder))
            except RuntimeError as error:
                print(f"{name:<58} left out: {error}")
                continue
            now = {
                "p50": 1000 * percentile(finished.said["warm"], 50),
                "first": finished.said["first"],
                "memory": finished.memory,
            }
            found[name] = {key: min(value, found.get(name, now)[key]) for key, value in now.items()}
        if not (ours := found.get("qa-bot")):
            return
        for name, of in found.items():
            self.add(
                Row("peers", f"{name}: warm question, p50", of["p50"], "ms"),
                Row("peers", f"{name}: start to first answer", of["first"], "s"),
                Row("peers", f"{name}: peak memory", of["memory"], "MB"),
            )
        if stock := found.get("LangChain"):
            self.add(
                Row("peers", "warm question, of LangChain's", ours["p50"] / stock["p50"], "×", 0.5),
                Row(
                    "peers",
                    "first answer, of LangChain's",
                    ours["first"] / stock["first"],
                    "×",
                    0.25,
                ),
                Row(
                    "peers",
                    "peak memory, of LangChain's",
                    ours["memory"] / stock["memory"],
                    "×",
                    0.6,
                ),
            )
        self.plotted["peers"] = found

    def publish(self) -> None:
        self.add(*costs.publishing(INDEX, BUILD, self.options.publish))

    def growth(self) -> None:
        measured = []
        for passages in self.options.passages:
            rows, one = costs.growth(passages, BUILD)
            self.add(*rows)
            measured.append(one)
        first, last = measured[0]["p50"], measured[-1]["p50"]
        self.add(Row("growth", "the most passages against the fewest, p50", last / first, "×", 3))
        self.plotted["growth"] = measured

    def search(self) -> None:
        for count in self.options.vectors:
            self.add(*searching(count, BUILD / "server"))

    def readers(self) -> None:
        curve = []
        with served(INDEX) as chat:
            for _ in range(3):
                asyncio.run(ask_once(chat.url, "What is TMS?"))
            asyncio.run(crowd(chat, 1, 5, 0))
            before = chat.memory()
            for readers in READERS:
                think = THINK if readers > 1 else 0.0
                found = asyncio.run(crowd(chat, readers, self.options.seconds, think))
                times = [one.seconds for one in found if one.outcome == "answered"]
                errors = sum(one.outcome == "error" for one in found)
                curve.append({"readers": readers, "p50": percentile(times, 50)})
                self.add(
                    Row("readers", f"{readers} reader(s): p50", 1000 * curve[-1]["p50"], "ms"),
                    Row("readers", f"{readers} reader(s): errors", errors, "", 0),
                )
            slow = percentile(times, 95) / curve[0]["p50"]
            self.add(
                Row("readers", f"{READERS[-1]}: p95 against one reader's p50", slow, "×", 10),
                Row("readers", "memory against before", chat.memory() / before, "×", 1.05),
            )
            found = asyncio.run(
                crowd(chat, 10 * READERS[-1], self.options.seconds, 1.0, crises=0.1)
            )
            crises = [one.seconds for one in found if one.outcome == "crisis"]
            came = Counter(one.outcome for one in found)
            self.add(
                Row("readers", "overload: a crisis answered, p99", percentile(crises, 99), "s", 1),
                Row("readers", "overload: answered", came["answered"], ""),
                Row("readers", "overload: politely turned away", came["busy"], ""),
                Row("readers", "overload: errors", came["error"], "", 0),
            )
        self.plotted["readers"] = curve


async def ask_once(url: str, message: str) -> float:
    import httpx

    async with httpx.AsyncClient(timeout=60) as client:
        return (await ask(client, url, message)).seconds


def main() -> int:
    """Measure what was asked for; 0 also where an aim was missed, as the table says so."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all"
    )
    parser.add_argument("--passages", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--vectors", type=int, nargs="+", default=[10_000])
    parser.add_argument("--publish", type=int, default=200, help="passages of the publish")
    parser.add_argument("--seconds", type=float, default=20, help="of each crowd of readers")
    parser.add_argument("--out", type=Path, default=ROOT / "reports")
    options = parser.parse_args()
    if wrong := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(wrong))}")
    run("ingest.py", "publish", environment={"QA_BOT_INDEX": str(INDEX)})
    bench = Bench(options)
    for part in options.parts or PARTS:
        print(f"\n{part.upper()}")
        getattr(bench, part)()
    commit = command(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    )
    result = {
        "commit": commit.stdout.strip(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": [
            {"part": r.part, "name": r.name, "value": r.value, "unit": r.unit, "most": r.most}
            for r in bench.rows
        ],
        "plotted": bench.plotted,
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "bench.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    (options.out / "bench.html").write_text(page(result, bench.rows), encoding="utf-8")
    print(f"\nWritten to {options.out / 'bench.json'} and {options.out / 'bench.html'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
