"""What a health article owes its readers: sources for markers and doses, and the right help lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_bot.articles.article import markers
from qa_bot.articles.block_rules import CRISIS_WORDS
from qa_bot.editing.findings import Finding
from qa_bot.editing.source import Source
from qa_bot.records import Kind
from qa_bot.safety.phone_numbers import digits, known_numbers, unknown_numbers

_SAID = Kind.BODY, Kind.LIST_ITEM, Kind.FAQ, Kind.TAKEAWAY  # what an article itself states
_DOSE = re.compile(r"(?i)\b\d[\d.,]*(?:\s?(?:to|–|-)\s?\d[\d.,]*)?\s?(?:mg|mcg|[µμ]g|ml|IU)\b")
# Services by the names that articles use, all with lines of ours.
_SERVICE = re.compile(
    r"(?i)\b(?:SAMHSA|Poison (?:Help|Control)|Samaritans|Crisis Text Line"
    r"|(?:Crisis|Suicide Prevention) Lifeline|(?:Veterans|Military) Crisis Line"
    r"|(?:Domestic Violence|Maternal Mental Health) Hotline)"
)


def clinical_findings(source: Source) -> Iterator[Finding]:
    """Everything of the kind in one article."""
    yield from _references(source)
    yield from _numbers(source)
    for block in source.of_kind(*_SAID):
        words = source.words(block)
        if (dose := _DOSE.search(words)) and not markers(words):
            message = f"the dose “{dose[0].strip()}” comes without a source; cite one."
            yield source.warning("dose", block.start + dose.start(), message)
    flags = re.IGNORECASE | re.DOTALL
    if not any(re.search(CRISIS_WORDS, source.words(b), flags) for b in source.article.blocks):
        message = "does not say where to get help in a crisis; add “In a crisis, call or text 988.”"
        yield source.warning("crisis-notice", None, message)


def _references(source: Source) -> Iterator[Finding]:
    references = source.article.references
    missing: dict[int, int] = {}
    for block in source.article.blocks:
        words = source.words(block)
        for number in markers(words) if block.kind is not Kind.REFERENCE else ():
            if number not in {reference.number for reference in references}:
                missing.setdefault(number, block.start + words.index(f"[{number}]"))
    for number, offset in missing.items():
        yield source.error(
            "no-reference",
            offset,
            f"[{number}] has no reference {number}; add the reference, or take out the marker.",
        )
    if any(reference.cited for reference in references):
        for reference, block in zip(references, source.of_kind(Kind.REFERENCE), strict=True):
            if not reference.cited:
                message = f"reference [{reference.number}] is never cited."
                yield source.warning("unused-reference", block.start, message)


def _numbers(source: Source) -> Iterator[Finding]:
    """Numbers given as a help line's that are not: worse than none, to a reader in danger."""
    for block in source.article.blocks:
        words = source.words(block)
        numbers = unknown_numbers(words)
        for number in numbers:
            if any(number != other and number in other for other in numbers):
                continue  # the area code of the other
            offset = block.start + max(0, words.find(number))
            sentence = _sentence(words, number)
            near = next((k for k in sorted(known_numbers()) if _one_slip(digits(number), k)), "")
            if near:
                message = f"“{number}” is one slip away from the help line {near}; correct it."
                yield source.error("phone-number", offset, message)
            elif service := _SERVICE.search(sentence):
                message = f"“{number}” is not a number of {service[0]} that we know; correct it."
                yield source.error("phone-number", offset, message)
            elif block.kind is Kind.CRISIS_NOTICE:
                message = f"“{number}” is not among our help lines; make sure that it is right."
                yield source.warning("phone-number", offset, message)


def _sentence(words: str, number: str) -> str:
    before, _, after = words.partition(number)
    return before.rpartition(". ")[2] + number + after.partition(". ")[0]


def _one_slip(number: str, known: str) -> bool:
    """Whether one digit is another one, or two neighbors changed places."""
    if len(number) != len(known):
        return False
    wrong = [at for at in range(len(known)) if number[at] != known[at]]
    swapped = [number[at] for at in reversed(wrong)] == [known[at] for at in wrong]
    return len(wrong) == 1 or (len(wrong) == 2 and wrong[1] == wrong[0] + 1 and swapped)
