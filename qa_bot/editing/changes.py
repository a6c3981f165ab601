"""Two corpora → what is different, sentence by sentence: added, removed, changed, moved.

Says nothing of what the differences do to answers; that takes an index, and is `rehearsal`'s work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

from qa_bot.articles.front_matter import FIELDS
from qa_bot.articles.passages import sentences
from qa_bot.records import QUOTABLE, Article, Corpus, Kind

ALIKE = 55.0  # from which two sentences are one that was edited; in percent of their letters
SAME_ARTICLE = 0.5  # share of sentences two files have in common when one is the other, renamed
_SHOWN = QUOTABLE | {Kind.TITLE, Kind.HEADING, Kind.FAQ_QUESTION, Kind.LEAD_IN}


class What(StrEnum):
    """What became of a sentence, or of an article (`changed` or `renamed` or …)."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    RENAMED = "renamed"


SENTENCES = (What.ADDED, What.REMOVED, What.CHANGED, What.MOVED)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or heading as it stands in an article."""

    text: str
    kind: Kind
    section: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` is None when added, `after` when removed; a change of kind alone
    ("body" → "promotion") has one text in both."""

    what: What
    before: Line | None
    after: Line | None


@dataclass(frozen=True, slots=True)
class FactChange:
    """A piece of metadata, by its name in the front matter; "" means "not stated"."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """An article that is not what it was. `renamed_from`: its former id, "" where it kept it."""

    what: What
    id: str
    title: str
    renamed_from: str
    facts: tuple[FactChange, ...]
    changes: tuple[Change, ...]

    def count(self, what: What) -> int:
        """How many sentences that happened to."""
        return sum(change.what is what for change in self.changes)


@dataclass(frozen=True, slots=True)
class CorpusChanges:
    """All differences; `unchanged` articles are only counted. Glossary entries read "said → meant",
    examples "question → words | others"."""

    articles: tuple[ArticleChange, ...]
    unchanged: int
    glossary_added: tuple[str, ...]
    glossary_removed: tuple[str, ...]
    examples_added: tuple[str, ...]
    examples_removed: tuple[str, ...]

    def __bool__(self) -> bool:
        glossary = self.glossary_added or self.glossary_removed
        return bool(self.articles or glossary or self.examples_added or self.examples_removed)

    def count(self, what: What) -> int:
        """How many articles that happened to."""
        return sum(article.what is what for article in self.articles)


def compare(before: Corpus, after: Corpus) -> CorpusChanges:
    """What publishing `after` in place of `before` changes."""
    old = {article.id: article for article in before.articles}
    new = {article.id: article for article in after.articles}
    former = {new_id: old_id for old_id, new_id in renames(before.articles, after.articles)}
    changes = []
    for article in after.articles:
        earlier = old.get(former.get(article.id, article.id))
        if earlier is None:
            changes.append(_all(What.ADDED, article))
        elif earlier.version != article.version or article.id in former:
            changes.append(_edited(earlier, article))
    gone = [a for a in before.articles if a.id not in new and a.id not in former.values()]
    changes += [_all(What.REMOVED, article) for article in gone]
    had, has = _terms(before), _terms(after)
    asked, asks = _examples(before), _examples(after)
    return CorpusChanges(
        articles=tuple(changes),
        unchanged=sum(c in new and new[c].version == old[c].version for c in old),
        glossary_added=tuple(sorted(has - had)),
        glossary_removed=tuple(sorted(had - has)),
        examples_added=tuple(sorted(asks - asked)),
        examples_removed=tuple(sorted(asked - asks)),
    )


def _terms(corpus: Corpus) -> set[str]:
    return {f"{term.said} → {term.meant}" for term in corpus.glossary}


def _examples(corpus: Corpus) -> set[str]:
    return {f"{one.question} → {' | '.join(one.snippets)}" for one in corpus.examples}


def renames(before: Iterable[Article], after: Iterable[Article]) -> tuple[tuple[str, str], ...]:
    """(former id, id) of articles that stand in another file now, most of their sentences as before."""
    before, after = tuple(before), tuple(after)
    kept = {article.id for article in before} & {article.id for article in after}
    gone = {a.id: Counter(_key(line) for line in lines(a)) for a in before if a.id not in kept}
    come = {a.id: Counter(_key(line) for line in lines(a)) for a in after if a.id not in kept}
    shares = sorted(
        (
            ((one & other).total() / max(1, one.total(), other.total()), old, new)
            for old, one in gone.items()
            for new, other in come.items()
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    for share, old, new in shares:
        if share >= SAME_ARTICLE and old not in found and new not in found.values():
            found[old] = new
    return tuple(found.items())


def lines(article: Article) -> list[Line]:
    """What of an article is shown or quoted, sentence by sentence, in order."""
    places = [
        (block.start, block.end, block.kind, block.section)
        for block in article.blocks
        if block.kind in _SHOWN - QUOTABLE
    ]
    places += [(one.start, one.end, one.kind, one.section) for one in sentences(article)]
    return [
        Line(article.text[start:end], kind, section) for start, end, kind, section in sorted(places)
    ]


def _key(line: Line) -> str:
    return " ".join(line.text.split())  # where a line is broken is no difference


def _all(what: What, article: Article) -> ArticleChange:
    changes = tuple(
        Change(what, None, line) if what is What.ADDED else Change(what, line, None)
        for line in lines(article)
    )
    return ArticleChange(what, article.id, article.title, "", (), changes)


def _edited(old: Article, new: Article) -> ArticleChange:
    facts = tuple(
        FactChange(name, str(was or ""), str(now or ""))
        for name in FIELDS
        if (was := getattr(old, name)) != (now := getattr(new, name))
    )
    renamed = new.id != old.id
    return ArticleChange(
        What.RENAMED if renamed else What.CHANGED,
        new.id,
        new.title,
        old.id if renamed else "",
        facts,
        compare_lines(lines(old), lines(new)),
    )


def compare_lines(old: Sequence[Line], new: Sequence[Line]) -> tuple[Change, ...]:
    """The differences, in the order of `new`; what was removed stands where it stood."""
    found: list[tuple[float, Change]] = []
    gone: list[int] = []
    come: list[int] = []
    anchor = {}  # where in `new` each line of `old` stands, or would
    for step in LCSseq.opcodes([_key(line) for line in old], [_key(line) for line in new]):
        old_range = range(step.src_start, step.src_end)
        new_range = range(step.dest_start, step.dest_end)
        for offset, index in enumerate(old_range):
            anchor[index] = step.dest_start + min(offset, max(0, len(new_range) - 1)) - 0.5
        if step.tag == "equal":
            for i, j in zip(old_range, new_range, strict=True):
                if old[i].kind is not new[j].kind:
                    found.append((j, Change(What.CHANGED, old[i], new[j])))
        else:
            gone += old_range
            come += new_range
    for i, j in _pairs(old, new, gone, come):
        gone.remove(i)
        come.remove(j)
        what = What.MOVED if _key(old[i]) == _key(new[j]) else What.CHANGED
        found.append((j, Change(what, old[i], new[j])))
    found += [(anchor[i], Change(What.REMOVED, old[i], None)) for i in gone]
    found += [(j, Change(What.ADDED, None, new[j])) for j in come]
    return tuple(change for _, change in sorted(found, key=lambda item: item[0]))


def _pairs(
    old: Sequence[Line], new: Sequence[Line], gone: Sequence[int], come: Sequence[int]
) -> list[tuple[int, int]]:
    """Which of the lines that went is which of those that came, the most alike first."""
    if not gone or not come:
        return []
    alike = process.cdist(
        [_key(old[i]) for i in gone],
        [_key(new[j]) for j in come],
        scorer=fuzz.ratio,
        score_cutoff=ALIKE,
    )
    ranked = sorted(
        (-alike[row, column], row, column) for row, column in zip(*alike.nonzero(), strict=True)
    )
    pairs, taken = [], set()
    for _, row, column in ranked:
        if ("old", row) not in taken and ("new", column) not in taken:
            taken |= {("old", row), ("new", column)}
            pairs.append((gone[row], come[column]))
    return pairs
