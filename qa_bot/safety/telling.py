"""What a message tells beside what it asks: "saving up my pills, how does TMS work" tells something.

A question about a treatment is so harmless that the meaning of the whole message can hide what stands
beside it.
"""

from __future__ import annotations

import re

FEWEST_TOLD = 3  # words; less tells nothing

_VERB = r"(?:is|are|was|does|do|did|can|could|will|would|should)"
_WHICH = r"(?:what|how|why|when|where|who|which)(?:[’']?s)?"
_QUESTION = (
    rf"(?:(?:and|so|but|also|ok|then|anyway|btw)[, ]+)*(?:{_WHICH} +(?:{_VERB}|long|much|many|fast|"
    rf"often|about|kind|type|the|a)\b|{_VERB} +(?!not\b)\w+|"
    r"(?:explain|describe|tell me about|compare)\b)"
)
_END = re.compile(r"(?<=[.!?…\n])\s+|(?<=\?),?\s+")
_ASKS = re.compile(rf"(?i)\s*{_QUESTION}")
# Where a question begins in a sentence: after a mark, or with "what is" and the like also without one.
_BEGINS = re.compile(
    rf"(?i)(?:[,;:\n]|\s[-–—]+\s)\s*(?={_QUESTION})|"
    rf"\s+(?={_WHICH} +(?:is|are|does|do|did|can|long|much|many|fast)\b)"
)
# A condition belongs to the question, and so does what may speak against a treatment.
_BELONGS = re.compile(
    r"(?i)\s*(if|when|since|because|as|while|although)\b|.*\b(metal|plates?|implants?|pacemaker|stent|"
    r"shunt|screws?|surgery|pregnan\w+|nursing|breastfeed\w+|diabet\w+|blood (pressure|sugar)|bp|heart|"
    r"seizures?|epilep\w+|migraines?|allerg\w+|asthma|warfarin|blood thinners?|kidneys?|liver)\b"
)
_TELLS_AFTER = re.compile(r"(?i),\s+(?=(?:i|i[’']?m|i[’']?ve|my|we|he|she|they)\b)")


def told(message: str) -> str:
    """What stands in one sentence with a question of `message`, and asks nothing; "" where nothing does.

    >>> told("saving up my pills, how does TMS work")
    'saving up my pills'
    """
    telling: list[str] = []
    for sentence in _END.split(message):
        parts = [part.strip(" .,;") for part in _BEGINS.split(sentence) if part.strip()]
        asking = [bool(_ASKS.match(part)) or part.endswith("?") for part in parts]
        if not any(asking):
            continue  # the meaning check has learned to hear a sentence beside others
        for part, asks in zip(parts, asking, strict=True):
            if not asks:
                telling.append(part)
            elif not part.endswith("?"):
                telling += _TELLS_AFTER.split(part)[1:]
    words = ". ".join(part for part in telling if not _BELONGS.match(part))
    return words if len(words.split()) >= FEWEST_TOLD else ""
