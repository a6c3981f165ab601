"""An Article → its sentences, which are quoted, and its passages, which are embedded.

The rules here decide every offset and id, so `RULES_VERSION` goes up with any change to them, or to
the files a generation has: an older index is then published again instead of being trusted.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from sentencex import get_sentence_boundaries

from qa_bot.articles.blocks import sentence_kind
from qa_bot.records import QUOTABLE, Article, Block, Kind, Passage, Sentence

RULES_VERSION = 8
PASSAGE_WORDS = 100  # about 140 tokens: with its headings, well inside the encoder's 256
LANGUAGE = "en"


def sentences(article: Article) -> tuple[Sentence, ...]:
    """Everything of `article` that may be quoted, in order: whole sentences, each within one block."""
    found: list[Sentence] = []
    seen: Counter[str] = Counter()
    lead_in = ""
    for number, block in enumerate(article.blocks):
        if block.kind not in QUOTABLE:
            lead_in = lead_in if block.kind in (Kind.CAPTION, Kind.NAVIGATION) else ""
            continue
        if block.kind is not Kind.LIST_ITEM:
            lead_in = ""
        for position, (start, end) in enumerate(_spans(article.text, block)):
            words = article.text[start:end]
            kind = sentence_kind(words, block.kind)
            if kind is Kind.LEAD_IN:
                lead_in = words
            if kind not in QUOTABLE:
                continue
            # Place and content: the n-th time these words stand in this section of this article.
            place = "\n".join((article.id, *block.section, words))
            seen[place] += 1
            digest = hashlib.sha256(f"{place}\n{seen[place]}".encode()).hexdigest()[:16]
            above = lead_in if block.kind is Kind.LIST_ITEM else ""
            context = ": ".join(part for part in (*block.section, above) if part)
            found.append(
                Sentence(
                    f"{article.id}:{digest}",
                    article.id,
                    start,
                    end,
                    kind,
                    block.section,
                    number,
                    position,
                    context,
                )
            )
    return tuple(found)


def passages(article: Article, of: Iterable[Sentence]) -> tuple[Passage, ...]:
    """Neighboring sentences of one section, in runs of at most `PASSAGE_WORDS` words.

    Every sentence of `of` is in exactly one passage; a longer sentence is a passage by itself.
    """
    return tuple(
        Passage(
            id=f"p:{run[0].id}",
            article_id=article.id,
            start=run[0].start,
            end=run[-1].end,
            sentence_ids=tuple(sentence.id for sentence in run),
        )
        for run in _runs(article.text, of)
    )


def lost_lists(article: Article) -> tuple[int, ...]:
    """Offsets of lines that announce a list ("Common causes:") where none follows."""
    lost = []
    for block, following in zip(article.blocks, [*article.blocks[1:], None], strict=True):
        words = article.text[block.start : block.end]
        announces = block.kind in QUOTABLE - {Kind.BYLINE} and words.endswith(":")
        if announces and (following is None or following.kind is not Kind.LIST_ITEM):
            lost.append(list(_spans(article.text, block))[-1][0])
    return tuple(lost)


def _spans(text: str, block: Block) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of a block, in the article's text, without outer white space."""
    words = text[block.start : block.end]
    if block.kind in (Kind.REFERENCE, Kind.BYLINE):
        # One entry is one unit, whatever its full stops.
        yield block.start, block.end
        return
    spans: list[tuple[int, int]] = []
    for boundary in get_sentence_boundaries(LANGUAGE, words):
        inner = words[boundary["start_index"] : boundary["end_index"]]
        if stripped := inner.strip():
            start = block.start + boundary["start_index"] + inner.index(stripped)
            if spans and stripped[0].islower():
                # A title that ends in "?" inside a sentence is not its end.
                start = spans.pop()[0]
            end = block.start + boundary["start_index"] + inner.index(stripped) + len(stripped)
            spans.append((start, end))
    yield from spans


def _runs(text: str, of: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    run: list[Sentence] = []
    length = 0
    for sentence in of:
        words = len(text[sentence.start : sentence.end].split())
        if run and (sentence.section != run[-1].section or length + words > PASSAGE_WORDS):
            yield run
            run, length = [], 0
        run.append(sentence)
        length += words
    if run:
        yield run
