"""What a message asks, parted from what it tells."""

from __future__ import annotations

import re
from itertools import chain

_ASKS = re.compile(
    r"(?i)((and|so|but|also|ok|if|please) )*(what|how|why|when|where|who|which|is|are|am i|can|could|"
    r"do|does|did|should|would|will|tell|explain|describe|compare|list|i want to know|i wonder|"
    r"i[’']?d like to)\b"
)
# Where a second question begins in a sentence: "… and does it hurt", "…, how long is it". After "or" it
# is rather another answer that the first could have.
_SUBJECT = (
    r"(?:it|they|them|he|she|we|i|you|my|our|your|his|her|their|the|this|that|these|those|there|an?|any|"
    r"every|all|both|insurance|people|someone|anyone)\b"
)
_BEGINS = (
    r"(?=(?:what|how|why|where|when|who|which)(?:[’']?s)?\b(?! (?:not|to)\b)|"
    rf"(?:is|are|was|does|do|did|can|could|will|would|should|has|have) {_SUBJECT})"
)
_AND_NEXT = re.compile(
    rf"(?i)(?:\s*[,;]\s*|\s+)(?:and|also|plus|but)\b,?\s+(?:(?:also|then|if so),?\s+)?{_BEGINS}"
)
_COMMA_NEXT = re.compile(rf"(?i)\s*[,;]\s*{_BEGINS}")
# "How good is it? What share gets well?" asks the same twice.
_ITS_FIGURE = re.compile(
    r"(?i)(what|which) (share|percent(age)?|proportion|number|amount|rate)\b|how (many|much|often)\b"
)
# "Cost of TMS and how long does it take?" begins with what is asked about, without a verb.
_NAMES = re.compile(r"(?i)(?!i\b|i[’']|we\b|my\b|he\b|she\b|they\b)(\w+ ){0,4}\w+,? and\b")
_SIDE_BY_SIDE = re.compile(r"(?i)\b(between|compar\w+|differ\w*|same)\b")
_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\.\.)(?<!\b\w\.)(?<!\b[DM][rs]\.)(?<!\b(?:Mrs|etc)\.)(?<!\bProf\.)(?<!\bvs\.)"
    r"(?<!approx\.)\s+"
)
# "My car died, what is TMS": what is told may end in a comma only.
_TELLS_FIRST = re.compile(
    r"(?i)((?:i|i[’']\w+|my|we|our|he|she|they|his|her|it|this|im|ive)\b[^?]*?),\s+((?:(?:so|but|and) )*"
    r"(?:what|how|why|where|who|which|is|are|does|do|did|can|could|will|would|should|explain|tell)\b.+)"
)
# "What do both articles say about ECT?" asks for nothing else than "What about ECT?".
_TO_THE_ARTICLES = re.compile(
    r"(?i)\bwhat (do|does) ((the|these|those|this|your|both|each|either|any|two|of) )*"
    r"(articles?|pages?|sources?|sites?|websites?|publishers?) "
    r"(say|tell (us|me|you|readers)|mention|state)\b"
)
# Who told the reader of something is not what they ask about.
_HEARD_FROM = re.compile(
    r"(?i)\b(my|our|the) (new )?"
    r"(doctor|doc|psychiatrist|prescriber|clinician|provider|gp|nurse|therapist|pharmacist|wife|husband|"
    r"partner|mom|mum|mother|dad|father|sister|brother|friend) "
    r"((has|have|had|just|also|keeps?|is|was) )*"
    r"(mention|suggest|recommend|want|said|say|think|told|propos|offer|talk|bring|brought)\w*"
    r"( (me|us|that|to|about|up|i|we|should|could|might|try|trying))*\b"
)


def parted(text: str) -> tuple[str, str]:
    """The sentences of a message that tell, and those that ask; where none seems to ask, all do. Without
    who told it, and without being put to the articles.

    >>> parted("I'm 52. I've had ECT. Does TMS hurt?")
    ("I'm 52. I've had ECT.", 'Does TMS hurt?')
    """
    sentences = _sentences(text)
    asking = [one for one in sentences if one.endswith("?") or _ASKS.match(one)] or sentences
    told = (_HEARD_FROM.sub("", one).strip() for one in sentences if one not in asking)
    return " ".join(one for one in told if one.strip(".!")), _TO_THE_ARTICLES.sub(
        "what is said", " ".join(asking)
    )


def _sentences(text: str) -> list[str]:
    sentences: list[str] = []
    for one in _SENTENCE_END.split(text):
        if sentences and one[:1].islower() and not _ASKS.match(one):
            sentences[-1] += f" {one}"  # no sentence ended there
        else:
            sentences.append(one)
    return sentences


def each_asked(text: str) -> tuple[str, ...]:
    """The questions of a message, one by one.

    >>> each_asked("I'm 52. What is TMS, and does it hurt?")
    ('What is TMS', 'does it hurt?')
    """
    found: list[str] = []
    for sentence in _sentences(text):
        asks = bool(_ASKS.match(sentence))
        *listed, last = _AND_NEXT.split(sentence)
        if found and _ITS_FIGURE.match(sentence):
            found[-1] += f" {sentence}"
        elif not asks and listed and _NAMES.match(sentence):
            found += [f"{listed[0]}?", *listed[1:], last]
        elif asks and not _SIDE_BY_SIDE.search(sentence):
            # After a comma alone the same is asked in other words.
            found += [*chain.from_iterable(map(_COMMA_NEXT.split, listed)), last]
        elif asks or sentence.endswith("?"):
            found.append(sentence)
    return tuple(one for one in found if one.endswith("?") or _ASKS.match(one))


def with_story_apart(text: str) -> str:
    """The message with a full stop after what it tells before a question; "" where it tells nothing so.

    >>> with_story_apart("my car died, what is TMS")
    'my car died. what is TMS'
    """
    sentences = _sentences(text)
    apart = [_TELLS_FIRST.sub(r"\1. \2", one) for one in sentences]
    return " ".join(apart) if apart != sentences else ""
