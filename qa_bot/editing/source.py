"""An article beside the file it was read from, so that a finding names the line an editor sees.

Offsets count in the article's text, lines in the file: mark-up and front matter stand between.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from qa_bot.editing.findings import Finding, Severity
from qa_bot.records import Article, Block, Kind

LOOKED_FOR = 80  # letters of a line that are enough to find it again
_HEADING_MARK = re.compile(r"\s*(?:(#{1,6})\s|<h([1-6])\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """`content` is the file as text, "" where it is none (a PDF), and then no line is known."""

    path: Path
    content: str
    article: Article

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    def words(self, block: Block) -> str:
        """A block's own words."""
        return self.article.text[block.start : block.end]

    def of_kind(self, *kinds: Kind) -> Iterator[Block]:
        """The blocks of these kinds, in order."""
        return (block for block in self.article.blocks if block.kind in kinds)

    def error(self, rule: str, offset: int | None, message: str) -> Finding:
        """What stops a publish, at `offset` of the article's text; None: at no single place."""
        line = None if offset is None else self.line(offset)
        return Finding(Severity.ERROR, rule, self.name, line, message)

    def warning(self, rule: str, offset: int | None, message: str) -> Finding:
        """What an editor should judge, at `offset` of the article's text."""
        line = None if offset is None else self.line(offset)
        return Finding(Severity.WARNING, rule, self.name, line, message)

    def about(self, fact: str, message: str) -> Finding:
        """A warning about a line of the front matter; the rule has the name of the fact."""
        lines = enumerate(self.content.split("\n"), start=1)
        line = next((number for number, words in lines if words.startswith(f"{fact}:")), None)
        return Finding(Severity.WARNING, fact, self.name, line, message)

    def line(self, offset: int) -> int | None:
        """The line of the file that holds the character at `offset` of the article's text.

        Mark-up stands in the file and not in the text, so letters and digits alone are compared.
        """
        text, (letters, places) = self.article.text, self._letters
        if (whole := self.content.find(text)) >= 0 and text:
            return self.content.count("\n", 0, whole + offset) + 1
        line_end = text.find("\n", offset)
        wanted = _bare(text[offset : line_end if line_end >= 0 else None])[:LOOKED_FOR]
        if not wanted:
            return None
        # The same words may stand there twice: take as many as stand before them in the text.
        before = _bare(text[:offset]).count(wanted)
        at = -1
        for _ in range(before + 1):
            following = letters.find(wanted, at + 1)
            if following < 0:
                break
            at = following
        return places[at] if at >= 0 else None

    def heading_level(self, offset: int) -> int:
        """1–6 where the file marks the heading at `offset` with # or <h…>; else 0."""
        number = self.line(offset)
        mark = _HEADING_MARK.match(self.content.split("\n")[number - 1]) if number else None
        return len(mark[1]) if mark and mark[1] else int(mark[2]) if mark else 0

    @cached_property
    def _letters(self) -> tuple[str, list[int]]:
        """The letters and digits of the file below its front matter, and the line of each."""
        starts = [0, *(found.end() for found in re.finditer("\n", self.content))]
        body = re.match(r"---\n.*?\n---\n", self.content, re.DOTALL)
        first = body.end() if body else 0
        kept = [at for at in range(first, len(self.content)) if self.content[at].isalnum()]
        letters = "".join(self.content[at] for at in kept)
        return letters, [bisect_right(starts, at) for at in kept]


def short(words: str, most: int = LOOKED_FOR) -> str:
    """Words in one line, of at most `most` characters."""
    words = " ".join(words.split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _bare(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
