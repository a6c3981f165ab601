"""Answer → page: the chat as a Gradio app. Its looks are `rendering`, its surroundings `pages`.

State is one `Conversation` per browser session, in memory only. Whatever happens while answering, a
turn comes out of it, and the ways to reach help stand on it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported
# Else Gradio works out statistics over the last 10,000 events after every single one.
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")

import gradio as gr

from qa_bot.answers import Answer, Escalation, HelpLine, Level, Outcome
from qa_bot.chat import LONGEST_QUESTION, unaskable
from qa_bot.errors import QABotError, QuestionError, for_readers
from qa_bot.records import Article
from qa_bot.safety.help_lines import help_lines, lines_for, region_in
from qa_bot.safety.screening import WITHHELD
from qa_bot.safety.situations import UNSCREENED
from qa_bot.ui.conversation import Conversation
from qa_bot.ui.rendering import Turn, render, render_conversation
from qa_bot.ui.starters import starters

LOG = logging.getLogger(__name__)

Ask = Callable[[str, Sequence[str]], Answer]
Turns = tuple[Turn, ...]

#: An idle chat is forgotten after this many seconds; a closed or reloaded one earlier.
CHAT_LASTS = 2 * 60 * 60

#: After a silence this long, in seconds, an earlier danger brings the whole panel back.
IDLE = 30 * 60

FAILED = (
    "Something went wrong while reading the articles. Your question was not kept; please try again."
)

# What is asked inside the conversation: by a button that carries it in `data-ask`, or by the form in
# which the last question is edited. `replaces`: the turn whose place the new one takes.
_ON_LOAD = """
const ask = (question, {dataset}) => trigger("ask", {question, replaces: dataset.replaces ?? 0});
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask]");
  if (button) ask(button.dataset.ask, button);
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(event.target.elements.question.value, event.target);
});
"""


def build_page(
    ask: Ask,
    articles: Callable[[], Sequence[Article]],
    lines: Sequence[HelpLine],
    receiver: str = "",
    passing: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> gr.Blocks:
    """The chat. `ask` takes a message and the reader's earlier ones, oldest first.

    `lines` are what is shown when answering fails altogether; they must not be empty. `receiver`: whom
    messages are sent to, said before the first one; "" where they stay on this machine. `passing`:
    entered around whatever is done for a message that came.
    """

    def show(chat: Conversation, region: str = "") -> str:
        known = () if chat.turns else readable(articles)
        near = lines_for(region, lines)
        return render_conversation(chat.turns, known, starters(known), near, receiver)

    def send(message: str, chat: Conversation, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        question, region = message.strip(), region_of(request)
        with passing():
            if not question:
                yield gr.skip(), chat, "", hint("Type a question first.")
                return
            for count, turn in enumerate(exchange(question, chat, region)):
                box = question if too_long(turn, question) else gr.skip() if count else ""
                yield show(chat, region), chat, box, hint()

    def tap(
        chat: Conversation, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        question, region = str(event.question).strip(), region_of(request)
        with passing():
            asked = exchange(question, chat, region, int(event.replaces)) if question else (None,)
            for _ in asked:  # at least once: Gradio empties what is not given
                yield show(chat, region), chat, gr.skip(), hint()

    def exchange(
        question: str, chat: Conversation, region: str, replacing: int = 0
    ) -> Iterator[Turn]:
        """The exchange as it begins, then as it ends; the last one where the same is sent twice."""
        turn = chat.begin(question, replacing)
        if turn is None:
            yield chat.turns[-1]
            return
        yield turn
        turn = answered(turn, chat.before(turn), ask, lines, region)
        chat.finish(turn)
        yield turn

    def stop(chat: Conversation, request: gr.Request) -> tuple[Any, ...]:
        chat.stop()
        return show(chat, region_of(request)), chat, gr.skip(), hint()

    def clear(chat: Conversation, request: gr.Request) -> tuple[Any, ...]:
        chat.clear()
        return show(chat, region_of(request)), chat, "", hint()

    def arrive(chat: Conversation, request: gr.Request) -> Any:
        # Who asked before the page had loaded whole is not to lose the answer.
        return gr.skip() if chat.turns else show(chat, region_of(request))

    def ask_once(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """One answer as plain JSON; `history` holds the earlier questions, oldest first."""
        with passing():
            return plain_answer(question, history or [], ask, lines)

    page: gr.Blocks
    with gr.Blocks(title="Ask the articles", analytics_enabled=False) as page:
        chat = gr.State(Conversation(), time_to_live=CHAT_LASTS)
        conversation = gr.HTML(
            show(Conversation()),
            js_on_load=_ON_LOAD,
            apply_default_css=False,
            elem_id="conversation",
        )
        with gr.Row(elem_id="composer"):
            question = gr.Textbox(
                label="Your question",
                placeholder="Ask the articles",
                lines=1,
                max_lines=6,
                elem_id="question",
                scale=1,
            )
            send_button = gr.Button("Ask", elem_id="send", scale=0)
            stop_button = gr.Button("Stop", elem_id="stop", scale=0)
            clear_button = gr.Button("Clear chat", elem_id="clear", scale=0)
            below = gr.HTML(hint(), elem_id="hint", apply_default_css=False)
        shown = [conversation, chat, question, below]
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        # Nothing is held back here, nor waits for an earlier answer: `ask` screens what is sent at once,
        # and then says which reader has to come again.
        asking = private | {"concurrency_limit": None, "trigger_mode": "multiple"}
        question.submit(send, [question, chat], shown, **asking)
        send_button.click(send, [question, chat], shown, **asking)
        conversation.ask(tap, [chat], shown, **asking)
        stop_button.click(stop, [chat], shown, queue=False, **private)
        clear_button.click(clear, [chat], shown, queue=False, **private)
        # What was published since the server started is offered to the next visitor.
        page.load(arrive, [chat], conversation, queue=False, **private)
        gr.api(ask_once, api_name="ask", concurrency_limit=None)  # type: ignore[attr-defined]
    return page


def region_of(request: gr.Request) -> str:
    """Whose help lines the reader chose; "" for those of the chat."""
    return region_in(dict(request.cookies))


def readable(articles: Callable[[], Sequence[Article]]) -> Sequence[Article]:
    """What can be read; nothing while the index cannot be opened, as the page must come up."""
    try:
        return articles()
    except QABotError:
        return ()


def too_long(turn: Turn, question: str) -> bool:
    """Whether a question goes back to where it can be shortened."""
    problem = turn.problem or (turn.answer and turn.answer.problem)
    return bool(problem) and len(question) > LONGEST_QUESTION


def hint(note: str = "") -> str:
    """The line under the question box; `note` is said aloud when it changes."""
    return render("composer_hint.html", note=note)


def answered(
    turn: Turn, earlier: Turns, ask: Ask, lines: Sequence[HelpLine], region: str = ""
) -> Turn:
    """The turn with its answer, or with the sentence that says why there is none; never raises.

    `region`: whose help lines the reader chose; "" for those of the chat.
    """
    try:
        answer = ask(turn.question, [before.question for before in earlier])
    except QABotError as error:
        question = turn.question[:LONGEST_QUESTION]
        retry = not isinstance(error, QuestionError)
        return replace(turn, problem=for_readers(error), question=question, retry=retry)
    except Exception as error:  # a defect of ours must not take the help lines down with it
        _report(error)
        near = lines_for(region, lines)
        return replace(turn, answer=_unanswered(turn.question, near), retry=True)
    if answer.escalation and region:
        said = answer.escalation
        near = help_lines(said.category, region, said.audiences)
        answer = replace(answer, escalation=replace(answer.escalation, lines=near))
    if answer.escalation and earlier and turn.asked - earlier[-1].asked > IDLE:
        # After a long silence a reminder is easily overlooked: the whole panel is due again.
        answer = replace(answer, escalation=replace(answer.escalation, fresh=True))
    in_vain = answer.problem == WITHHELD or unaskable(turn.question)
    retry = bool(answer.problem) and not in_vain
    return replace(turn, answer=answer, retry=retry)


def plain_answer(
    question: object, history: object, ask: Ask, lines: Sequence[HelpLine]
) -> dict[str, Any]:
    """An answer for a program, in plain JSON types; never raises: `problem` says what went wrong, also
    where a program sends no texts."""
    question = str(question or "")
    before = (
        tuple(Turn(0, str(one)) for one in history) if isinstance(history, list | tuple) else ()
    )
    turn = answered(Turn(0, question), before, ask, lines)
    answer = turn.answer or Answer(question, Outcome.NOT_FOUND, problem=turn.problem)
    return answer.to_dict()


def _unanswered(question: str, lines: Sequence[HelpLine]) -> Answer:
    """When screening itself may have failed, the message is treated as one of concern."""
    escalation = Escalation(Level.CONCERN, UNSCREENED, tuple(lines))
    return Answer(question, Outcome.NOT_FOUND, escalation=escalation, problem=FAILED)


def _report(error: Exception) -> None:
    """Tell the operator where it broke; a message could repeat what a reader wrote, so no more."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "unknown place"
    LOG.error("A question could not be answered: %s at %s", type(error).__name__, where)
