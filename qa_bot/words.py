"""Words of a text: their place, their stem, and whether they carry content.

Shared by lexical search, alignment and abstention, so that all three mean the same by a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W\d_]+)?")

# A number in words, as part of a pattern.
NUMERALS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|"
    "seventy|eighty|ninety|dozens?|hundreds?|thousands?|millions?|billions?|half|several"
)

# Words that shape a question but name nothing that an article must mention to answer it.
STOPWORDS = frozenset(
    """a about actually after again ain all also am an and another any anybody anyone anything anyway are
    aren as ask at b back basically be because been before being best bit both but by c called came
    can cannot cant come comes could couldn couldnt d did didn didnt difference different differ do
    does doesn doesnt doing don done dont down e each either else enough entire etc even ever every
    exactly explain few fine for from further general gets get getting give given go goes going
    gonna good got guess guys had hadn happen happens has hasn hasnt have haven havent having he
    hello help her here hers hey hi him his hope how however i idk if im in info information into is
    isn isnt it its itself ive just kind know known let like little ll lmao lol long lot m made make
    makes making many matter may maybe me mean means meant might mine more most much must my myself
    n need needs no nor not now of off ok okay on once one ones only or other others our ours out
    over own people per person please plz pls possible pretty put question quick quite re really
    right s said same say saying says see seem seems shall should shouldn shouldnt show so some
    somebody someone something sort still such sure t take talk tell than thank thanks that the
    their them themselves then there these they thing things think this those though through thx to
    too try u under until up upon ur us use used using usually very versus vs wanna want wants was
    wasn wasnt way we well were weren werent what whats when where whether which while who whole
    whom whose why will with within without won wont wonder wondering word words work working works
    worth would wouldn wouldnt y yeah yes yet you your yours yourself""".split()  # noqa: SIM905  (one word a line would fill four pages)
)


@dataclass(frozen=True, slots=True)
class Word:
    """`text[start:end]`, with the stem that lexical search compares."""

    text: str
    start: int
    end: int
    stem: str

    @property
    def is_content(self) -> bool:
        """Whether the word names something; digits always do."""
        return self.text.casefold().split("’")[0].split("'")[0] not in STOPWORDS


def words(text: str) -> tuple[Word, ...]:
    """All words of `text`, in order.

    >>> [(word.text, word.stem, word.is_content) for word in words("The trials’ results")]
    [('The', 'the', False), ('trials', 'trial', True), ('results', 'result', True)]
    """
    return tuple(
        Word(found[0], found.start(), found.end(), stem(found[0])) for found in _WORD.finditer(text)
    )


def content_stems(text: str) -> list[str]:
    """Stems of the content words of `text`, in order, repeated as often as they occur."""
    return [word.stem for word in words(text) if word.is_content]


def stem(word: str) -> str:
    """The Snowball (Porter 2) stem, without a possessive: "therapies" → "therapi", "TMS’s" → "tms"."""
    bare = word.casefold().replace("’", "'").removesuffix("'s")
    return str(_stemmer().stemWord(bare))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english", 0)  # without a memory: words of readers pass here
