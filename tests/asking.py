"""A chat in a process of its own: says which edition each of its answers quotes.

python -m tests.asking INDEX URL

It says `ready` once its first question is answered, then, for every line that it is given, the editions
(see `tests.publishing`) that its answer quotes and that its articles are of.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from qa_bot.chat import QABot


def main() -> None:
    bot = QABot(Path(sys.argv[1]), "bundled", chroma_url=sys.argv[2])
    question = "Is magnetic stimulation painless?"
    bot.ask(question)
    print("ready", flush=True)
    for _ in sys.stdin:
        texts = [
            text for quote in bot.ask(question).quotes for text in (quote.text, quote.article.text)
        ]
        editions = {found for text in texts for found in re.findall(r"(?i)edition (\d+)", text)}
        print(*sorted(editions), flush=True)


if __name__ == "__main__":
    main()
