"""The editors' command: check the articles, see what would change, publish, step back.

python ingest.py check      read everything, report what to fix, write nothing
python ingest.py add FILE   turn a page, or "-" for what is pasted, into an article of the corpus
python ingest.py diff       show what publishing would change, and which answers; publish nothing
python ingest.py publish    check, then make the articles what readers see (the default)
python ingest.py history    list what was published, by whom and when
python ingest.py rollback   serve the publication before, or the one that is named
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from qa_bot.command import run
from qa_bot.errors import CorpusError
from qa_bot.settings import Settings

if TYPE_CHECKING:
    from qa_bot.embedding.encoder import Encoded

T = TypeVar("T")
QUESTIONS = "tests/data/questions_[dt]e*.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 with one sentence on stderr when not."""
    options = _parser().parse_args(arguments)

    def work() -> int:
        settings = Settings.from_environment(
            corpus=getattr(options, "corpus", None), index=getattr(options, "index", None)
        )
        return int(options.run(settings, options))

    return run(work, broken_off="Stopped; readers keep what was published before.")


def _parser() -> argparse.ArgumentParser:
    folders = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    folders.add_argument("--corpus", type=Path, metavar="DIR", help="the folder of articles")
    folders.add_argument("--index", type=Path, metavar="DIR", help="the folder to publish into")
    parser = argparse.ArgumentParser(
        description=__doc__,
        parents=[folders],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=_publish, keep=None)
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(
        name: str, run: Callable[[Settings, argparse.Namespace], int], help: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[folders], help=help)
        made.set_defaults(run=run)
        return made

    one = command("check", _check, "report what to fix")
    one.add_argument("--json", action="store_true", help="print JSON, for other programs")
    one = command("add", _add, "make a page an article")
    one.add_argument("page", metavar="FILE", help='a file of any known format; "-": pasted text')
    one.add_argument("--name", default="", help="of the new file (default: from the title)")
    one.add_argument("--replace", action="store_true", help="write over the file of that name")
    one = command("diff", _diff, "show what would change")
    one.add_argument("--details", action="store_true", help="every sentence and every answer")
    one.add_argument("--html", type=Path, metavar="FILE", help="write a page to send around")
    one.add_argument("--json", action="store_true", help="print JSON, for other programs")
    one.add_argument(
        "--questions",
        type=Path,
        action="append",
        metavar="F.jsonl",
        help="compare the answers to these; repeatable (default: dev and test of tests/data)",
    )
    one = command("publish", _publish, "make it what readers see")
    one.add_argument("--keep", type=_positive, metavar="N", help="publications kept (5)")
    command("history", _history, "list what was published")
    one = command("rollback", _rollback, "step back")
    one.add_argument("to", nargs="?", default="", help="a name from history, or its beginning")
    return parser


def _check(settings: Settings, options: argparse.Namespace) -> int:
    """Report what an editor should look at; 1 when something has to be fixed first."""
    from qa_bot.editing.checking import check
    from qa_bot.editing.findings import as_json, as_text, counted
    from qa_bot.wording import count

    checked = check(settings.corpus, date.today(), settings.age_limit)
    articles = len(checked.corpus.articles)
    if options.json:
        print(json.dumps(as_json(checked.findings, articles), ensure_ascii=False, indent=2))
    else:
        if checked.findings:
            print(f"{as_text(checked.findings)}\n")
        can = "Fix the errors first." if checked.errors else "They can be published."
        print(f"{count(articles, 'article')}, {counted(checked.findings)}. {can}")
    return 1 if checked.errors else 0


def _add(settings: Settings, options: argparse.Namespace) -> int:
    """Turn a page into an article of the corpus, and show how it was understood."""
    from qa_bot.editing.adding import add, outline

    pasted = sys.stdin.buffer.read() if options.page == "-" else None
    page = Path("pasted.txt" if pasted is not None else options.page)
    path = add(page, pasted, settings.corpus, name=options.name, replace=options.replace)
    print(outline(path))
    print(f"\nWritten to {path}. Look it over, then run `ingest.py check`.")
    return 0


def _diff(settings: Settings, options: argparse.Namespace) -> int:
    """Show what publishing would change; nothing is published."""
    from qa_bot.articles.corpus import read_corpus
    from qa_bot.chat import QABot
    from qa_bot.editing.diff_report import as_page, as_text
    from qa_bot.editing.rehearsal import read_asked, rehearse
    from qa_bot.files import write_text

    corpus = read_corpus(settings.corpus)
    asked = read_asked(options.questions or sorted(Path().glob(QUESTIONS)))
    # Quotes are compared, so a language model is not asked.
    bot = QABot(settings.index, settings.embedding_model, chroma_url=settings.chroma_url)
    now = datetime.now(UTC)
    report = rehearse(corpus, bot, bot.store, asked, now=now, progress=_progress, counting=_bar)
    if options.html:
        write_text(options.html, as_page(report))
    if options.json:
        print(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(as_text(report, details=options.details))
        print(f"\nNothing was published. {_next_step(options)}")
    return 0


def _publish(settings: Settings, options: argparse.Namespace) -> int:
    """Publish the corpus; until the last step readers keep what they have."""
    from qa_bot.editing.checking import check
    from qa_bot.editing.findings import as_text, counted
    from qa_bot.embedding.encoder import Encoder
    from qa_bot.index.opening import open_store
    from qa_bot.index.unchanged import unchanged
    from qa_bot.wording import nothing_changed

    checked = check(settings.corpus, date.today(), settings.age_limit)
    if checked.errors:
        print(as_text(checked.errors), file=sys.stderr)
        raise CorpusError("Nothing was published; fix what is named above, then publish again.")
    if checked.findings:
        print(f"The check found {counted(checked.findings)}; `ingest.py check` lists them.")
    store = open_store(settings.index, settings.chroma_url)
    encoder = Encoder(settings.embedding_model, exports=store.encoders)
    served = unchanged(checked.corpus, encoder.fingerprint, store)
    if served and encoder.is_exported:
        print(nothing_changed(served.articles))
        return 0

    from qa_bot.editing.diff_report import summary
    from qa_bot.index.pointer import KEPT
    from qa_bot.index.publishing import publish

    published = publish(
        checked.corpus,
        encoder,
        store,
        now=datetime.now(UTC),
        progress=_progress,
        keep=options.keep or KEPT,
    )
    print(summary(published, checked.corpus))
    return 0


def _history(settings: Settings, _: argparse.Namespace) -> int:
    """List the publications that are kept, newest first, and the steps back."""
    from qa_bot.index.history import history, rollbacks
    from qa_bot.index.opening import open_store

    store = open_store(settings.index, settings.chroma_url)
    for entry in history(store):
        print(entry)
    for step in rollbacks(store):
        print(step)
    return 0


def _rollback(settings: Settings, options: argparse.Namespace) -> int:
    """Serve an older publication again."""
    from qa_bot.embedding.encoder import Encoder
    from qa_bot.index.history import rollback
    from qa_bot.index.opening import open_store

    store = open_store(settings.index, settings.chroma_url)
    encoder = Encoder(settings.embedding_model, exports=store.encoders)
    name = rollback(store, encoder.fingerprint, now=datetime.now(UTC), to=options.to)
    print(f"Readers are served {name} again, from their next question on.")
    print(
        "The files in the corpus folder were not changed: fix them before the next publish, which "
        "uses them."
    )
    return 0


def _progress(texts: Iterator[tuple[str, Encoded]], count: int) -> Iterable[tuple[str, Encoded]]:
    return _bar(texts, count, "Encoding") if count else texts


def _bar(items: Iterable[T], count: int, doing: str) -> Iterable[T]:
    """`items`, with a line that says how many are done and how long the rest will take."""
    from tqdm import tqdm

    # In a log file there is no bar.
    bar: Iterable[T] = tqdm(items, total=count, desc=doing, leave=False, disable=None)
    return bar


def _next_step(options: argparse.Namespace) -> str:
    if options.html:
        return f"The page is {options.html}."
    return "" if options.details else "With --details each sentence and each answer is shown."


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"give a number of 1 or more, not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
