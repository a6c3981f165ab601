"""What must be called by its name: treatments, drugs and abbreviations of a generation's articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from qa_bot.composing.claim_words import name_stem, rules
from qa_bot.index.generation import Generation


@dataclass(frozen=True, slots=True)
class Names:
    """`named`: stems of what must be called by its name; `things`: those of them that the glossary
    knows, what a sentence can be about; `aliases`: long forms and the one name they are read as."""

    named: frozenset[str]
    things: frozenset[str]
    aliases: tuple[tuple[re.Pattern[str], str], ...]

    def read_as(self, text: str) -> str:
        """The text with one name for each thing."""
        for pattern, name in self.aliases:
            text = pattern.sub(name, text)
        return text


#: Worked out once for each generation that is still open; a replaced one must not be held here.
_KNOWN: WeakKeyDictionary[Generation, Names] = WeakKeyDictionary()


def names_of(generation: Generation) -> Names:
    """The names in a generation's glossary and articles."""
    if generation not in _KNOWN:
        _KNOWN[generation] = _names(generation)
    return _KNOWN[generation]


def _names(generation: Generation) -> Names:
    things: set[str] = set()
    aliases = dict(rules().aliases)
    for term in generation.glossary:
        if term.is_name:
            things |= {name_stem(name) for name in (term.meant, term.said) if " " not in name}
    named = set(things)
    for article in generation.articles.values():
        for long, short in _abbreviated(article.text):
            aliases[long] = short
            named.add(name_stem(short))
    ordered = sorted(aliases.items(), key=lambda pair: -len(pair[0]))
    patterns = tuple(
        (re.compile(rf"(?i)\b{re.escape(long).replace(chr(92) + ' ', '[ -]')}s?\b"), short)
        for long, short in ordered
    )
    return Names(frozenset(named), frozenset(things), patterns)


def _abbreviated(text: str) -> Iterator[tuple[str, str]]:
    """Pairs as in "transcranial magnetic stimulation (TMS)" or "TMS (transcranial …)"."""
    for found in re.finditer(r"([\w-]+(?: [\w-]+){0,5}) \(([A-Z]{2,6})\)", text):
        taken = re.split(r"[ -]", found[1])
        letters = found[2].casefold()
        for size in range(1, len(taken) + 1):
            tail = taken[-size:]
            if "".join(w[0] for w in tail if w).casefold() == letters and size > 1:
                yield " ".join(tail).casefold(), found[2]
                break
    for found in re.finditer(r"\b([A-Z]{2,6}) \(([a-z]+(?:[ -][a-z]+){1,4})\)", text):
        yield found[2], found[1]
    for found in re.finditer(r"\b([A-Z]?[a-z]{4,}) \(([A-Z][a-z]{4,})\)", text):
        yield found[2].casefold(), found[1]  # a drug and its brand
