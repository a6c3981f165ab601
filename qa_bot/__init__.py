"""qa-bot: quoted, cited answers over a folder of articles, with help lines at any sign of risk.

Start with `records` and `answers` (the nouns), then `chat` (the chain). Nothing heavy is imported here.
"""

import os
import sys

# numpy's products are small here, and its threads only get into each other's way when several readers
# ask at once. They are made when it is first imported; where that was before, they are taken back.
if "OPENBLAS_NUM_THREADS" not in os.environ:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if "numpy" in sys.modules:
        from threadpoolctl import threadpool_limits

        threadpool_limits(1, user_api="blas")

from qa_bot.chat import QABot

__all__ = ["QABot"]
