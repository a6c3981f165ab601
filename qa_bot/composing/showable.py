"""Whether a sentence may be shown, or offered to a language model, whatever supports it."""

from __future__ import annotations

import re

from qa_bot.answers import Level
from qa_bot.safety.escalating import screen_by_rules
from qa_bot.safety.gate import safe_to_show

LONGEST_STATEMENT = 600  # characters

# Latin letters, accents and all; look-alikes from other alphabets are none.
_LETTERS = re.compile(r"[A-Za-zÀ-ÖØ-öø-žȘ-ț0-9 ,;.:%()’'/–—+-]+")

_FORBIDDEN = re.compile(
    r"(?i)https?:|www\.|\b[\w-]+\.(com|org|net|gov|io|edu|info|example)\b|@|[\"“”«»<>\[\]{}*_`#|\\]|"
    r"(?<!\w)'|'(?!\w)|\?|!"
)

_SENTENCES = re.compile(r"\.\s+\S")
_PARTS = re.compile(r"(?i)[;:(]\s*(?:(?:so|then|and|or|but|now|just) )*")

_INSTRUCTS = re.compile(
    r"(?i)(please |do not |don[’']t |never )?(stop|start|take|call|dial|text|ask|ignore|avoid|tell|try|"
    r"use|talk (?:to|with)|contact|visit|click|go|get|see|remember|consider|increase|decrease|switch|"
    r"skip|double|quit|reduce|raise|add|give|wait|keep|make|speak|do|be|please|never|always|forget|buy|order|"
    r"discontinue|combine|treat|let|follow|say|print|reveal|check|choose|look|read|note|trust)\b"
    r"(?! (is|are)\b)"
)

_TO_A_MACHINE = re.compile(
    r"(?i)\b(ignore|disregard|forget|override)\b.{0,40}\b(instruction|rule|prompt|above|previous|"
    r"prior|article|sentence|guideline)|\b(system prompt|language model|chat ?bots?|AI assistants?|"
    r"assistants? must|you are (now|an? (helpful|AI))|as an ai|"
    r"jailbreak|developer mode|respond with|reply with|"
    r"answer with|output the|tell the (user|reader|patient)|say that|repeat after|print your|"
    r"reveal your|(hide|omit|remove|do not (show|mention|display)) the "
    r"(hot ?line|crisis|help|quote|source|warning))\b|"
    r"</?(system|assistant|user|instructions?)\b|\[/?(INST|SYSTEM)\]|<\|"
)


def unfit(text: str) -> str:
    """Why a statement cannot be shown, whatever it rests on; "" if it can."""
    if not text or len(text) > LONGEST_STATEMENT:
        return "is empty or too long"
    if _FORBIDDEN.search(text) or not _LETTERS.fullmatch(text):
        return "holds a link, a quotation mark, a question or another sign that no statement needs"
    if _SENTENCES.search(text):
        return "is more than one sentence"
    if any(_INSTRUCTS.match(part) for part in _PARTS.split(text)):
        return "tells the reader what to do"
    if addresses_a_machine(text) or not safe_to_show(text):
        return "is not safe to show"
    found = screen_by_rules(text)
    if found is not None and found.level is Level.CRISIS:
        return "is not safe to show"
    return ""


def addresses_a_machine(text: str) -> bool:
    """Whether a text reads like an order to a language model; nothing rests on such a sentence."""
    return bool(_TO_A_MACHINE.search(text))
