"""What one message says by itself: message → Assessment, by the written rules.

Every sentence of every reading is tried, long ones in overlapping pieces, so nothing is cut off.
Harmless phrases, denials and the past are hidden first, word for word, then the rest is judged.
Leaves to `escalating` what a conversation adds up to, and what the page shows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_bot.answers import Level
from qa_bot.safety.normalizing import readings
from qa_bot.safety.patterns import Pattern, matches
from qa_bot.safety.rules import Rule, rules
from qa_bot.safety.situations import UNREAD

SENTENCE_WORDS = 60  # longer sentences are read in overlapping pieces
OVERLAP_WORDS = 20
ACROSS_WORDS = 40  # short texts are also read across their sentence ends
KNOWN = ("en", "es")  # languages in which the meaning check has learned
SHORT_WORDS = 6  # so short a sentence says nothing beside what a rule found in it
LONG_MESSAGE = 20_000  # characters; of longer ones both ends are read, and the rest is a concern
SECONDS = 0.7  # of processor time; then reading stops, and what is unread counts as a concern
RANK = {None: 0, Level.CONCERN: 1, Level.CRISIS: 2}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one message says by itself.

    `level` is None, `category` "" and `audiences` () without a finding. `signs` may add up with
    those of neighboring messages. `audiences` name groups with a help line of their own. `doubtful`:
    a doubtful rule had a say in it.
    """

    level: Level | None = None
    category: str = ""
    signs: frozenset[str] = frozenset()
    audiences: tuple[str, ...] = ()
    doubtful: bool = False


def prepare() -> None:
    """Load and compile every rule, so that no reader waits for it.

    :raises OSError, ValueError: the rules cannot be read.
    """
    for rule in rules().rules:
        for pattern in (*rule.patterns, *rule.unless):
            _ = pattern.expression


def assess(message: str, doubtful: bool = True) -> Assessment:
    """The level, category and signs of one message. `doubtful`: False leaves out the rules that may err.

    :raises OSError, ValueError: the rules cannot be read.
    """
    rules()  # loading them is not part of the time a message may take
    deadline = time.thread_time() + SECONDS
    found = Assessment()
    complete = len(message) <= LONG_MESSAGE
    for reading in readings(both_ends(message)):
        hits: list[tuple[Rule, bool]] = []
        for sentence in sentences(reading):
            if time.thread_time() > deadline:
                complete = False
                break
            hits.extend((rule, _is_doubtful(rule, sentence)) for rule in _hits(sentence))
        hits.extend((rule, _is_doubtful(rule, reading)) for rule in _hits_across(reading))
        hits = [(rule, unsure) for rule, unsure in hits if doubtful or not unsure]
        one = _judged([rule for rule, _ in hits], reading, any(unsure for _, unsure in hits))
        found = worse(found, one)
    if not complete and found.level is None:
        return Assessment(Level.CONCERN, UNREAD, found.signs, found.audiences)
    return found


def both_ends(message: str) -> str:
    """What is read of a message: of a long one its ends, still longer than LONG_MESSAGE."""
    half = LONG_MESSAGE // 2
    return message if len(message) <= LONG_MESSAGE else f"{message[:half]}\n{message[-half:]}"


def _is_doubtful(rule: Rule, sentence: str) -> bool:
    """Whether the words around what a rule found may make it harmless. Of other languages the meaning
    check knows too little to say so."""
    long = rule.language in KNOWN and len(sentence.split()) - 1 > SHORT_WORDS
    return rule.doubtful or (long and not rule.sure)


def _judged(hits: Sequence[Rule], reading: str, unsure: bool) -> Assessment:
    signs = frozenset(rule.sign for rule in hits if rule.sign)
    # The file's order is the order of categories: what needs other lines comes first.
    worst = max(hits, key=lambda rule: RANK[rule.level], default=None)
    level, category = (worst.level, worst.category) if worst and worst.level else (None, "")
    total = added_up(signs)
    if RANK[total.level] > RANK[level]:
        level, category = total.level, total.category
    about = tuple(
        dict.fromkeys(
            audience
            for audience, pattern in rules().audiences
            if pattern.expression.search(reading)
        )
    )
    if any(rule.language == "es" for rule in hits):
        about = tuple(dict.fromkeys(("spanish", *about)))
    return Assessment(level, category, signs, about if level or about else (), unsure)


def matching_rules(message: str) -> tuple[str, ...]:
    """The ids of the rules that a message meets by itself: for tests and reviewers."""
    return tuple(
        dict.fromkeys(
            rule.id
            for reading in readings(message)
            for rule in (
                *(hit for sentence in sentences(reading) for hit in _hits(sentence)),
                *_hits_across(reading),
            )
        )
    )


def sentences(reading: str) -> Iterator[str]:
    """Each sentence with its mark; over-long ones in overlapping pieces; each only once."""
    seen: set[str] = set()
    words: list[str] = []
    for word in (*reading.split(), "."):
        if word not in (".", "?"):
            words.append(word)
            continue
        step = SENTENCE_WORDS - OVERLAP_WORDS
        for start in range(0, max(1, len(words) - OVERLAP_WORDS), step):
            piece = " " + " ".join((*words[start : start + SENTENCE_WORDS], word)) + " "
            if piece not in seen:
                seen.add(piece)
                yield piece
        words = []


def _hits_across(reading: str) -> Iterator[Rule]:
    """Crisis rules over a short text without its sentence ends: "i want to. die"."""
    words = [word for word in reading.split() if word not in (".", "?")]
    if len(words) <= ACROSS_WORDS and len(words) < len(reading.split()):
        for rule in _hits(" " + " ".join(words) + " . "):
            if rule.level is Level.CRISIS:
                yield rule


def _hits(sentence: str) -> list[Rule]:
    """The rules that match a sentence, in the file's order."""
    book = rules()
    candidates = sorted(
        {place for word in set(sentence.split()) for place in book.by_anchor.get(word, ())}
    )
    found: list[Rule] = []
    left = sentence
    for place, number in candidates:
        rule = book.rules[place]
        if rule in found and not rule.consumes:
            continue
        spans = list(matches(rule.patterns[number], left))
        if not spans or any(_found(pattern, sentence) for pattern in rule.unless):
            continue
        found.append(rule)
        if rule.consumes:
            left = _without(left, spans)
    return found


def _found(pattern: Pattern, sentence: str) -> bool:
    return pattern.expression.search(sentence) is not None


def _without(sentence: str, spans: Sequence[tuple[int, int]]) -> str:
    """The sentence with the words of each span replaced by one that no rule knows."""
    for start, end in reversed(spans):
        count = len(sentence[start:end].split())
        sentence = sentence[:start] + "~ " * count + sentence[end:]
    return sentence


def worse(left: Assessment, right: Assessment) -> Assessment:
    """The higher level of the two, the left one where they are equal, with the signs of both."""
    audiences = tuple(dict.fromkeys((*left.audiences, *right.audiences)))
    more = right if RANK[right.level] > RANK[left.level] else left
    unsure = left.doubtful or right.doubtful
    return Assessment(more.level, more.category, left.signs | right.signs, audiences, unsure)


def added_up(signs: frozenset[str]) -> Assessment:
    """What signs that are harmless alone come to together."""
    fitting = [entry for entry in rules().combinations if entry.signs <= signs]
    worst = max(fitting, key=lambda entry: RANK[entry.level], default=None)
    return Assessment(worst.level, worst.category, signs) if worst else Assessment()
