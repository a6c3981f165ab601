"""The command line: `python -m qa_bot ask "…"` and `python -m qa_bot evaluate`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from qa_bot.answers import Answer, Escalation, HelpLine, Level, Outcome, Quote, Statement
from qa_bot.command import run
from qa_bot.records import Article
from qa_bot.safety.help_lines import emergency_line
from qa_bot.safety.situations import situation
from qa_bot.wording import NOT_FOR_ARTICLES, day

QUESTIONS = Path("tests/data/questions_dev.jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 with one sentence on stderr when not."""
    options = _parser().parse_args(arguments)
    return run(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa_bot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="answer one question from the published articles")
    ask.add_argument("question")
    ask.add_argument(
        "--history", action="append", default=[], help="an earlier message; repeatable"
    )
    ask.add_argument("--json", action="store_true", help="the whole answer as JSON")
    ask.set_defaults(run=_ask)
    evaluate = commands.add_parser(
        "evaluate", help="measure answers and the crisis screen; status 1 under a floor"
    )
    for name, value, told in (
        ("--questions", "F.jsonl", f"questions with evidence; default: {QUESTIONS}"),
        ("--crisis", "F.jsonl", "labeled messages or conversations, for the crisis screen"),
        ("--statements", "F.jsonl", "pairs for the verifier of a language model, and nothing else"),
        ("--json", "OUT", "write the report for programs, and for a later --against"),
        ("--html", "OUT", "write the report for people, one file"),
        ("--against", "OLD.json", "compare with an earlier report over the same questions"),
    ):
        evaluate.add_argument(name, type=Path, metavar=value, help=told)
    evaluate.add_argument(
        "--ablate", action="store_true", help="ask again with each part switched off (minutes)"
    )
    evaluate.add_argument(
        "--setting",
        action="append",
        nargs="+",
        type=_name_and_value,
        default=[],
        metavar="NAME=VALUE",
        help="compare with these settings, e.g. EMBEDDING_MODEL=folder; repeatable",
    )
    evaluate.set_defaults(run=_evaluate)
    return parser


def _ask(options: argparse.Namespace) -> int:
    from qa_bot.chat import QABot

    answer = QABot.open().ask(options.question, options.history)
    if options.json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(render(answer))
    return 1 if answer.problem else 0


def render(answer: Answer) -> str:
    """An answer as plain text: help lines first, then quotes with their places."""
    parts = [_escalation(answer.escalation)] if answer.escalation else []
    if answer.problem:
        parts.append(answer.problem)
    for said, read_as in answer.understood:
        parts.append(f"Read “{said}” as “{read_as}”.")
    if answer.statements:
        parts.append(_statements(answer.statements))
    if answer.note:
        parts.append(answer.note)
    if answer.outcome is Outcome.ANSWERED:
        parts += [_quote(number, quote) for number, quote in enumerate(answer.quotes, start=1)]
        parts += [answer.reply] if answer.reply else []
        parts += [_not_covered(answer)] if answer.missing else []
    elif answer.reply:
        parts.append(answer.reply)
    elif answer.about:
        parts.append("\n".join(map(_details, answer.about)))
    elif answer.outcome is Outcome.NOT_FOUND and not answer.problem:
        parts += _not_found(answer)
    if answer.related and answer.outcome is not Outcome.CRISIS:
        parts.append("\n".join(["The articles do answer:", *(f"  {q}" for q in answer.related)]))
    return "\n\n".join(parts)


def _not_found(answer: Answer) -> list[str]:
    if answer.escalation and answer.escalation.fresh:
        return [NOT_FOR_ARTICLES]
    places = [f"  {a.publisher or a.title}: {' › '.join(s)}" for a, s in answer.nearest]
    return [_not_covered(answer), *(["\n".join(["Nearest sections:", *places])] if places else [])]


def _not_covered(answer: Answer) -> str:
    about = f" about: {', '.join(answer.missing)}" if answer.missing else " to that"
    return f"The articles give no answer{about}."


def _statements(statements: Sequence[Statement]) -> str:
    told = [f"  {one.text} [{', '.join(map(str, one.quotes))}]" for one in statements]
    return "\n".join(["Written by a language model from the quotes beneath:", *told])


def _quote(number: int, quote: Quote) -> str:
    article = quote.article
    role = str(quote.role) if quote.role != "body" else ""
    publisher, section = article.publisher or article.title, " › ".join(quote.section)
    place = " · ".join(filter(None, (publisher, section, *_freshness(article), role)))
    sources = "".join(f"\n    {reference}" for reference in quote.references)
    return f"{number}. “{' '.join(quote.text.split())}”\n    {place}{sources}"


def _details(article: Article) -> str:
    return " · ".join(filter(None, (article.title, article.publisher, *_freshness(article))))


def _freshness(article: Article) -> tuple[str, str]:
    """When an article was updated, and who reviewed it."""
    updated = article.last_updated
    reviewed = f"reviewed by {article.reviewed_by}"
    return (
        f"updated {day(updated)}" if updated else "update not stated",
        reviewed if article.reviewed_by else f"review {article.review_status}",
    )


def _escalation(escalation: Escalation) -> str:
    here, lines = situation(escalation.category), escalation.lines
    emergency = emergency_line(lines)
    if escalation.level is Level.CRISIS:
        call = f"{here.danger} call {emergency.call} now." if emergency else ""
        said = [here.openings[0], call, here.advice]
    else:
        said = [f"{here.beside}: {here.ask}"]
    return "\n".join([*filter(None, said), *(f"  {_line(line)}" for line in lines)])


def _line(line: HelpLine) -> str:
    return f"{line.name}: {', '.join(filter(None, (*line.ways, line.chat)))}"


def _evaluate(options: argparse.Namespace) -> int:
    """Measure, compare, report; 1 under a floor, and where a file or setting cannot be used."""
    if options.statements:
        from qa_bot.evaluation.statements import measure

        return measure(options.statements)
    from qa_bot.evaluation.command import Plan, main

    questions = options.questions or (None if options.crisis else QUESTIONS)
    return main(
        Plan(
            questions=questions,
            crisis=options.crisis,
            json=options.json,
            html=options.html,
            against=options.against,
            ablate=options.ablate,
            settings=tuple(dict(values) for values in options.setting),
        )
    )


def _name_and_value(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name:
        raise argparse.ArgumentTypeError(f'"{text}" is not NAME=VALUE')
    return name.upper().removeprefix("QA_BOT_"), value


if __name__ == "__main__":
    sys.exit(main())
