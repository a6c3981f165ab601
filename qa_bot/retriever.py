"""The ranked sentences as a langchain `BaseRetriever`, for use in chains other than ours."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from qa_bot.answers import Level
from qa_bot.chat import QABot
from qa_bot.safety.screening import screen


class SentenceRetriever(BaseRetriever):
    """Finds the `k` best sentences for a question.

        SentenceRetriever(bot=QABot.open()).invoke("How fast does esketamine work?")

    Each document is one whole sentence; its metadata name the place (`article`, `section`, `start`,
    `end`), the `role` and the `score` by which it was ranked. Where the message is one of a crisis
    there are none: only `QABot.ask` gives the help lines that are due then.
    """

    bot: QABot
    k: int = 4

    model_config = ConfigDict(arbitrary_types_allowed=True)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        escalation = screen(query)
        if escalation and escalation.level is Level.CRISIS:
            return []
        ranking, generation = self.bot.rank(query)
        return [
            Document(
                id=one.sentence.id,
                page_content=generation.text(one.sentence),
                metadata={
                    "article": one.sentence.article_id,
                    "section": list(one.sentence.section),
                    "start": one.sentence.start,
                    "end": one.sentence.end,
                    "role": str(one.sentence.kind),
                    "score": one.score,
                },
            )
            for one in ranking.ranked[: self.k]
        ]
