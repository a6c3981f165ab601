"""qa-bot: quoted, cited answers over a folder of articles, with help lines at any sign of risk.

Reading order: records (the nouns) → articles, passages, embedding, index (the publish flow) →
safety, retrieval, answering, chat (the ask flow) → ui. Nothing heavy is imported here.
"""

from qa_bot.chat import QABot

__all__ = ["QABot"]
__version__ = "0.1.0"
