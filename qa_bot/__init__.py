"""qa-bot: quoted, cited answers over a folder of articles, with help lines at any sign of risk.

Reading order: records (the nouns) → articles, passages, embedding, index (the publish flow) →
safety, retrieval, choosing, answering, chat (the ask flow) → ui. Nothing heavy is imported here.
"""

import os

# Read when numpy is first imported: its products are small here, and its threads only get into each
# other's way when several readers ask at once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from qa_bot.chat import QABot

__all__ = ["QABot"]
__version__ = "0.1.0"
