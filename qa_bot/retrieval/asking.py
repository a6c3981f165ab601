"""What a message asks, parted from what it tells."""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"(?i)((and|so|but|also|ok|if|please) )*(what|how|why|when|where|who|which|is|are|am i|can|could|"
    r"do|does|did|should|would|will|tell|explain|describe|compare|list|i want to know|i wonder|"
    r"i[’']?d like to)\b"
)
_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\.\.)(?<!\b\w\.)(?<!\b[DM][rs]\.)(?<!\b(?:Mrs|etc)\.)(?<!\bProf\.)(?<!\bvs\.)"
    r"(?<!approx\.)\s+"
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
    sentences: list[str] = []
    for one in _SENTENCE_END.split(text):
        if sentences and one[:1].islower() and not _ASKS.match(one):
            sentences[-1] += f" {one}"  # no sentence ended there
        else:
            sentences.append(one)
    asking = [one for one in sentences if one.endswith("?") or _ASKS.match(one)] or sentences
    told = (_HEARD_FROM.sub("", one).strip() for one in sentences if one not in asking)
    return " ".join(one for one in told if one.strip(".!")), _TO_THE_ARTICLES.sub(
        "what is said", " ".join(asking)
    )
