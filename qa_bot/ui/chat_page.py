"""The chat as a Gradio app. Its looks are `rendering`, its surroundings `pages`, its answers `exchange`.

State is one `Conversation` per browser session, in memory only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported
# Else Gradio works out statistics over the last 10,000 events after every single one.
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")

import gradio as gr

from qa_bot.answers import HelpLine
from qa_bot.chat import LONGEST_QUESTION
from qa_bot.errors import QABotError
from qa_bot.records import Article
from qa_bot.safety.help_lines import lines_for, region_in
from qa_bot.ui.conversation import Conversation
from qa_bot.ui.exchange import Ask, answered, plain_answer
from qa_bot.ui.rendering import Turn, render, render_conversation
from qa_bot.ui.starters import starters

CHAT_LASTS = 2 * 60 * 60  # seconds until an idle chat is forgotten; one that is closed goes earlier

Shown = tuple[Any, ...]
"""What an event leaves: the conversation as HTML, the chat, the question box, the line under it."""

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


@dataclass(frozen=True, slots=True)
class Events:
    """What happens in the chat, as methods that Gradio calls. The fields are those of `build_page`."""

    ask: Ask
    articles: Callable[[], Sequence[Article]]
    lines: Sequence[HelpLine]
    receiver: str
    passing: Callable[[], AbstractContextManager[None]]

    def show(self, chat: Conversation, region: str = "") -> str:
        """The conversation as it stands, as HTML."""
        known = () if chat.turns else readable(self.articles)
        near = lines_for(region, self.lines)
        return render_conversation(chat.turns, known, starters(known), near, self.receiver)

    def send(self, message: str, chat: Conversation, request: gr.Request) -> Iterator[Shown]:
        """What stands in the box is asked."""
        question, region = message.strip(), region_of(request)
        with self.passing():
            if not question:
                yield gr.skip(), chat, "", hint("Type a question first.")
                return
            for count, turn in enumerate(self._exchange(question, chat, region)):
                box = question if too_long(turn, question) else gr.skip() if count else ""
                yield self.show(chat, region), chat, box, hint()

    def tap(self, chat: Conversation, event: gr.EventData, request: gr.Request) -> Iterator[Shown]:
        """A question on a button, or the last one as edited, is asked."""
        question, region = str(event.question).strip(), region_of(request)
        with self.passing():
            asked = (
                self._exchange(question, chat, region, int(event.replaces)) if question else (None,)
            )
            for _ in asked:  # at least once: Gradio empties what is not given
                yield self.show(chat, region), chat, gr.skip(), hint()

    def _exchange(
        self, question: str, chat: Conversation, region: str, replacing: int = 0
    ) -> Iterator[Turn]:
        """The exchange as it begins, then as it ends; the last one where the same is sent twice."""
        turn = chat.begin(question, replacing)
        if turn is None:
            yield chat.turns[-1]
            return
        yield turn
        turn = answered(turn, chat.before(turn), self.ask, self.lines, region)
        chat.finish(turn)
        yield turn

    def stop(self, chat: Conversation, request: gr.Request) -> Shown:
        """No answer is waited for any longer."""
        chat.stop()
        return self.show(chat, region_of(request)), chat, gr.skip(), hint()

    def clear(self, chat: Conversation, request: gr.Request) -> Shown:
        """The chat begins anew."""
        chat.clear()
        return self.show(chat, region_of(request)), chat, "", hint()

    def arrive(self, chat: Conversation, request: gr.Request) -> Any:
        """Somebody opens the page: what was published since the server started is offered."""
        # Who asked before the page had loaded whole is not to lose the answer.
        return gr.skip() if chat.turns else self.show(chat, region_of(request))

    def ask_once(self, question: str, history: list[str] | None = None) -> dict[str, Any]:
        """One answer as plain JSON; `history` holds the earlier questions, oldest first."""
        with self.passing():
            return plain_answer(question, history or [], self.ask, self.lines)


def build_page(
    ask: Ask,
    articles: Callable[[], Sequence[Article]],
    lines: Sequence[HelpLine],
    receiver: str = "",
    passing: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> gr.Blocks:
    """The chat. `ask` takes a message and the reader's earlier ones, oldest first.

    `articles`: those of which questions are offered. `lines` are what is shown when answering fails
    altogether; they must not be empty. `receiver`: whom messages are sent to, said before the first
    one; "" where they stay on this machine. `passing`: entered around whatever is done for a message
    that came.
    """
    events = Events(ask, articles, lines, receiver, passing)
    page: gr.Blocks
    with gr.Blocks(title="Ask the articles", analytics_enabled=False) as page:
        chat = gr.State(Conversation(), time_to_live=CHAT_LASTS)
        conversation = gr.HTML(
            events.show(Conversation()),
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
        question.submit(events.send, [question, chat], shown, **asking)
        send_button.click(events.send, [question, chat], shown, **asking)
        conversation.ask(events.tap, [chat], shown, **asking)
        stop_button.click(events.stop, [chat], shown, queue=False, **private)
        clear_button.click(events.clear, [chat], shown, queue=False, **private)
        page.load(events.arrive, [chat], conversation, queue=False, **private)
        gr.api(events.ask_once, api_name="ask", concurrency_limit=None)  # type: ignore[attr-defined]
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
