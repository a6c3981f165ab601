"""A reader's message → a Query: lay words read as the articles' words, spelling fixed, what is told
parted from what is asked, and what a question leaves unsaid taken from that and from the earlier
messages. What was read otherwise stays visible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from qa_bot.index.lexical import Lexicon
from qa_bot.records import Term
from qa_bot.retrieval.asking import parted
from qa_bot.retrieval.aspects import reply_to, wanted
from qa_bot.words import Word, words

SHORTEST_FIXED = 4  # letters; shorter words are too easily another word
SHORTEST_FIXED_TWICE = 8
FOLLOW_UP_WORDS = 2  # a question with fewer words of its own leans on the one before

_PRONOUNS = r"it|its|it[’']s|they|them|their"
_PRONOUN = re.compile(rf"(?i)\b({_PRONOUNS})\b")
_REFERS_BACK = re.compile(
    rf"(?i)\b({_PRONOUNS}|those|these|this|that one|the other|one|both|same)\b"
)
# In a question, at what was told beside it: at that itself, or at what the reader said of themselves.
_POINTS = re.compile(
    r"(?i)\b((is|was|does|did|will|would|can|could|to|of|for|about|with|like|after|do|cause) that\b|"
    r"that\?|((like|for|with|on) me|my (case|situation|condition|age)|he|him|his|she|her|so|such|"
    r"then|next|instead|else|the same|safe\w*|risk\w*|danger\w*|allowed|eligible|candidates?|"
    r"(can|could|should|may|am|would) (i|we|my))\b)"
)
# "How does that compare to TMS?" is about what was asked before as well.
_COMPARES_IT = re.compile(
    r"(?i)\b(it|that|this|they|those|these)\b.*"
    r"\b(compar\w+|than|versus|vs|differ\w*|same as|instead of)\b"
)
_NEW_SUBJECT = re.compile(r"(?i)\b(what|how) about\b|^\s*(and|or|also|but)\b")
_CHANGE = re.compile(r"(?i)\b(different|another|new|unrelated) (question|topic|thing|subject)\b")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked up.

    `text` is what gets encoded: `carried` words of earlier messages, what the message tells that its
    question needs, then the question as understood. `asked` is where in `text` the question itself
    begins, and `asking` the text without what is told; `understood` pairs the reader's own words
    with those of the articles they were read as.
    """

    question: str
    text: str
    asked: int
    asking: str
    carried: tuple[str, ...]
    understood: tuple[tuple[str, str], ...]

    def in_readers_words(self, word: str) -> str:
        """The reader's own word for a word of `text`."""
        for said, read_as in self.understood:
            if word.casefold() in (part.text.casefold() for part in words(read_as)):
                return said
        return word


def understand(
    question: str,
    history: Sequence[str],
    lexicon: Lexicon,
    glossary: Sequence[Term],
    is_common: Callable[[str], bool],
) -> Query:
    """Read `question`, which follows on the reader's earlier messages `history`, oldest first.

    :param is_common: whether a word is ordinary English, and so not a misspelling.
    """
    text, understood = _read(question, lexicon, glossary, is_common)
    read = (_read(message, lexicon, glossary, is_common)[0] for message in history)
    earlier = [" ".join(_essential(message, lexicon)) for message in read]
    told, asking = _essential(text, lexicon)
    carried = _carried(f"{told} {asking}", earlier, lexicon)
    if carried and reply_to(wanted(asking)):
        carried = ()  # "thanks" asks for no more of what was asked before
    taken = " ".join(carried) + ": " if carried else ""
    prefix = taken + (told + " " if told else "")
    looked_up = prefix + asking
    understood = tuple(
        (said, read_as)
        for said, read_as in understood
        if re.search(rf"\b{re.escape(read_as)}\b", looked_up)
    )
    return Query(question, looked_up, len(prefix), taken + asking, carried, understood)


def _essential(text: str, lexicon: Lexicon) -> tuple[str, str]:
    """What of a message has to be known to understand its question, "" for nothing, and the question.

    All that is told is needed where the question points at it or hardly says anything itself, else the
    subject, unless the question names one.
    """
    told, asking = parted(text)
    if not told or _POINTS.search(asking) or _NEW_SUBJECT.search(asking):
        return told, asking
    own = _content(asking)
    if any(word.stem in lexicon.topics for word in own):
        return "", asking
    if _REFERS_BACK.search(asking) or len(own) <= FOLLOW_UP_WORDS:
        return told, asking
    return " ".join(_texts(word for word in words(told) if word.stem in lexicon.topics)), asking


def _read(
    message: str, lexicon: Lexicon, glossary: Sequence[Term], is_common: Callable[[str], bool]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    text = " ".join(unicodedata.normalize("NFKC", message).split())
    understood: list[tuple[str, str]] = []
    text = _with_glossary(text, lexicon, glossary, understood)
    return _with_spelling(text, lexicon, is_common, understood), tuple(understood)


def _with_glossary(
    text: str, lexicon: Lexicon, glossary: Sequence[Term], understood: list[tuple[str, str]]
) -> str:
    """Put the articles' words in place of the reader's, the longest phrase first."""
    folded = text.casefold()
    for term in sorted(glossary, key=lambda term: len(term.said), reverse=True):
        if term.said not in folded or _all_known(term.said, lexicon):
            continue
        pattern = re.compile(rf"(?i)\b{re.escape(term.said)}(?:[’']?s)?\b")
        if found := pattern.search(text):
            text = term.meant.join(pattern.split(text))
            folded = text.casefold()
            understood.append((found[0], term.meant))
    return text


def _all_known(phrase: str, lexicon: Lexicon) -> bool:
    """Whether a single word is one of the articles' own; a phrase may mean something else in them."""
    parts = words(phrase)
    return len(parts) == 1 and lexicon.knows(parts[0].text)


def _with_spelling(
    text: str,
    lexicon: Lexicon,
    is_common: Callable[[str], bool],
    understood: list[tuple[str, str]],
) -> str:
    """Fix words that neither the articles nor ordinary English know, but nearly are the articles'."""
    for word in reversed(words(text)):
        folded = word.text.casefold()
        if (
            len(folded) < SHORTEST_FIXED
            or not folded.isalpha()
            or word.text.isupper()  # an abbreviation, not a slip
            or lexicon.knows(folded)
            or is_common(folded)
        ):
            continue
        is_name = word.text[0].isupper() and word.start > 0  # "Medicaid" is no slip for "medical"
        allowed = 1 if is_name or len(folded) < SHORTEST_FIXED_TWICE else 2
        best = process.extractOne(
            folded,
            # Few people mistype a first letter.
            [known for known in lexicon.vocabulary if known[0] == folded[0]],
            scorer=DamerauLevenshtein.distance,
            score_cutoff=allowed,
        )
        if best:
            text = text[: word.start] + best[0] + text[word.end :]
            understood.append((word.text, best[0]))
    return text


def _carried(text: str, earlier: Sequence[str], lexicon: Lexicon) -> tuple[str, ...]:
    """Words of the earlier messages that the question needs to be understood; () when it stands alone.

    "What are its side effects?" after "What is ECT?" needs ECT; "What about ECT?" after "Does TMS need
    anesthesia?" needs anesthesia.
    """
    if not earlier or _CHANGE.search(text):
        return ()
    own = _content(text)
    topics = [word for word in own if word.stem in lexicon.topics]
    if topics and len(topics) == len(own) and _NEW_SUBJECT.search(text):
        *older, before = earlier
        earlier_still = " ".join(_carried(before, older, lexicon))
        return _matter(before, lexicon) or _matter(earlier_still, lexicon)
    if len(topics) == 1 and _COMPARES_IT.search(text):
        return _subjects(earlier, lexicon)
    if topics or not (_REFERS_BACK.search(text) or len(own) <= FOLLOW_UP_WORDS):
        return ()
    return _subjects(earlier, lexicon)


def _subjects(earlier: Sequence[str], lexicon: Lexicon) -> tuple[str, ...]:
    """What the last of the earlier messages is about. "Is it FDA cleared?" after "Tell me about TMS" is
    about TMS as well."""
    if not earlier:
        return ()
    *older, before = earlier
    told = _content(before)
    topics = _texts(word for word in told if word.stem in lexicon.topics)
    if not topics:
        return _carried(before, older, lexicon) or _texts(told)
    stands_for = _subjects(older, lexicon) if _PRONOUN.search(before) else ()
    return tuple(dict.fromkeys((*stands_for, *topics)))


def _matter(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """What a text says of its subjects: its content words but for those that name one."""
    return _texts(word for word in _content(text) if word.stem not in lexicon.topics)


def _content(text: str) -> list[Word]:
    return [word for word in words(text) if word.is_content]


def _texts(of: Iterable[Word]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.text for word in of))
