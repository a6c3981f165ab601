"""Records → HTML: the words of ours that stand around the articles' words, and nothing else.

Every value passes Jinja2's autoescape and `harmless`, so article and reader text stay text. Which
answer to give is decided elsewhere; serving the pages is the business of `site`, events of `chat_page`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa_bot.answers import Answer, Escalation, HelpLine, Level, Outcome, Quote
from qa_bot.records import Article, Kind
from qa_bot.safety.help_lines import emergency_line
from qa_bot.safety.situations import situation
from qa_bot.ui.contrast import all_speak, cut, grouped, is_list_item, reviewed_only, shown_numbers
from qa_bot.wording import NOT_FOR_ARTICLES, count, day

PACKAGE = Path(__file__).parent
STATIC = PACKAGE / "static"

#: Older than this, an article's date carries a warning. Medical guidance moves about yearly.
STALE_AFTER_DAYS = 365

#: A longer message, in characters, is folded, so that what it brought up is in view.
SHOWN_WHOLE = 400
#: How much of a folded message is seen.
SHOWN_OF_LONG = 200

# A label where the kind of text changes how much weight it can bear; a plain paragraph has none.
KIND_LABELS = {
    Kind.TESTIMONIAL: "Reader testimonial: one person’s story, not evidence",
    Kind.PROMOTION: "Publisher’s own service",
    Kind.TAKEAWAY: "Key takeaway",
    Kind.FAQ: "From the FAQ",
    Kind.NOTE: "Editor’s note",
    Kind.BYLINE: "About the article",
    Kind.DISCLAIMER: "Disclaimer",
    Kind.CRISIS_NOTICE: "Crisis notice",
    Kind.REFERENCE: "Reference",
}
CAUTION_KINDS = frozenset({Kind.TESTIMONIAL, Kind.PROMOTION})

# Directional overrides and isolates can make text read as something it is not ("Trojan source").
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\N{REPLACEMENT CHARACTER}")
# Controls that HTML forbids; tab, line feed and carriage return stay.
_CONTROLS = dict.fromkeys([*range(0, 9), 11, 12, *range(14, 32), 127], "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange. `answer` is None while it is being looked up, or when `problem` says why not.

    `number` counts the turns of a chat from 1 and never changes; anchors are made of it. `retry`:
    asking the same again may work. `asked`: when, in seconds of the monotonic clock.
    """

    number: int
    question: str
    answer: Answer | None = None
    problem: str = ""
    retry: bool = False
    asked: float = 0.0

    @property
    def pending(self) -> bool:
        """Whether the answer is still being looked up."""
        return self.answer is None and not self.problem

    @property
    def escalation(self) -> Escalation | None:
        """What the answer says must be shown for the reader's safety."""
        return self.answer.escalation if self.answer else None


def harmless(value: Any) -> Any:
    """Make characters visible that would reorder or hide text; applied to all that is shown.

    >>> harmless("safe\\u202etxt")
    'safe�txt'
    """
    return value.translate(_BIDI).translate(_CONTROLS) if isinstance(value, str) else value


def announcement(turn: Turn) -> str:
    """One sentence for a screen reader, said once when the answer has arrived; "" while pending."""
    if turn.pending:
        return ""
    if turn.answer is None:
        return turn.problem
    if turn.answer.outcome is Outcome.CRISIS:
        if turn.escalation and turn.escalation.fresh:
            return "Crisis support is at the top of the answer."
        return "The help lines are further up. For the articles, write a whole question."
    if turn.answer.problem:
        return turn.answer.problem
    if turn.answer.reply and not turn.answer.quotes:
        return turn.answer.reply
    if turn.answer.outcome is Outcome.NOT_FOUND:
        about = len(turn.answer.about)
        said = f"details of {count(about, 'article')}" if about else "the articles do not say"
        return f"Answer ready: {said}."
    quotes = len(turn.answer.quotes)
    articles = len({quote.article.id for quote in turn.answer.quotes})
    not_said = f" Nothing about {', '.join(turn.answer.missing)}." if turn.answer.missing else ""
    return f"Answer ready: {count(quotes, 'quote')} from {count(articles, 'article')}.{not_said}"


def is_stale(when: date | None, today: date | None = None) -> bool:
    """Whether a date is too old, or unknown, to be shown without a warning."""
    return when is None or ((today or date.today()) - when).days > STALE_AFTER_DAYS


def dialed(number: str) -> str:
    """A number as a `tel:` or `sms:` link takes it: "1-800-222-1222" → "18002221222"."""
    return re.sub(r"[^\d+]", "", number)


def spoken(number: str) -> str:
    """A number as a screen reader should read it, digit by digit: "988" → "9 8 8"."""
    return " ".join(dialed(number))


def quote_link(quote: Quote) -> str:
    """Where the quote can be read in its article, highlighted; works when pasted elsewhere."""
    place = {"start": quote.start, "end": quote.end, "version": quote.article.version[:12]}
    return f"{article_link(quote.article)}?{urlencode(place)}#quote"


def article_link(article: Article) -> str:
    """The article's own page."""
    return f"article/{article.id}"


def section_link(article: Article, section: Sequence[str]) -> str:
    """Where a section of an article starts; the article's top when it has no such section."""
    for position, block in enumerate(article.blocks):
        if block.section == tuple(section):
            return f"{article_link(article)}#block-{position}"
    return article_link(article)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PACKAGE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # `counted`, as the library has a `count` of its own.
    environment.filters.update(day=day, dialed=dialed, spoken=spoken, counted=count)
    environment.globals.update(
        all_speak=all_speak,
        grouped=grouped,
        is_list_item=is_list_item,
        shown_numbers=shown_numbers,
        announcement=announcement,
        is_stale=is_stale,
        quote_link=quote_link,
        section_link=section_link,
        emergency_line=emergency_line,
        not_for_articles=NOT_FOR_ARTICLES,
        cut=cut,
        reviewed_only=reviewed_only,
        article_link=article_link,
        kind_labels=KIND_LABELS,
        caution_kinds=CAUTION_KINDS,
        shown_whole=SHOWN_WHOLE,
        shown_of_long=SHOWN_OF_LONG,
        situation=situation,
        Level=Level,
        Outcome=Outcome,
        Kind=Kind,
    )
    return environment


_TEMPLATES = _environment()


def render(template: str, **values: Any) -> str:
    """One template of `templates/`, filled; every value is escaped."""
    return _TEMPLATES.get_template(template).render(**values)


def render_conversation(
    turns: Sequence[Turn],
    articles: Sequence[Article],
    starters: Sequence[str],
    lines: Sequence[HelpLine],
    receiver: str = "",
) -> str:
    """The whole chat so far, or the welcome when `turns` is empty.

    `receiver`: whom messages are sent to; "" where they stay on this machine.
    """
    fresh = [turn.number for turn in turns if turn.escalation and turn.escalation.fresh]
    return render(
        "conversation.html",
        turns=turns,
        panel_due=fresh[-1] if fresh else 0,  # it stays where it came up; of others the bar is left
        articles=articles,
        starters=starters,
        lines=lines,
        receiver=receiver,
    )
