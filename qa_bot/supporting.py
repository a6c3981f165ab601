"""Whether sentences support a statement that a language model rests on them. In doubt, they do not.

First the rules: every number, name, negation, and word of certainty, quantity or direction must be met
in the sentences, and what limits a claim there must limit it in the statement. Then meaning, with the
encoder's own word vectors. It reads `claims`, knows no model and shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qa_bot.claims import Claims, Token, claims, name_stem, rules, without_asides
from qa_bot.embedding import Encoded, Encoder
from qa_bot.records import Level
from qa_bot.safety import safe_to_show, screen
from qa_bot.store import Generation
from qa_bot.words import content_stems, stem, words

MET = 0.65  # cosine from which a word of the statement has a partner in the sentences
NEW_WORDS = 0.25  # share of the statement's content words that may have no such word themselves
TURNED = 0.66  # share of pairs of words in the other order, from which a statement is turned round
# Words that lose their place at the beginning when the main clause is put first.
OPENERS = frozenset("before after when if once because rather although for with done".split())  # noqa: SIM905
LEANING = frozenset("it its they their this these that such he she".split())  # noqa: SIM905
LINKS = (
    "than",
    "rather",
    "before",
    "after",
    "when",
    "not",
    "to",
)  # what changes sides is turned round
SUBJECT = 8  # words at the beginning of a sentence, among which its subject is
ALIKE = 0.2  # cosine of statement and sentences

_LETTERS = re.compile(r"[A-Za-z0-9 ,;.:%()’'/–—+-]+")
_FORBIDDEN = re.compile(
    r"(?i)https?:|www\.|\b[\w-]+\.(com|org|net|gov|io|edu|info|example)\b|@|[\"“”«»<>\[\]{}*_`#|\\]|"
    r"(?<!\w)'|'(?!\w)|\?|!"
)
_SENTENCES = re.compile(r"[.;:]\s+\S")
_INSTRUCTS = re.compile(
    r"(?i)(please |do not |don[’']t |never )?(stop|start|take|call|dial|text|ask|ignore|avoid|tell|try|"
    r"use|talk (?:to|with)|contact|visit|click|go|get|see|remember|consider|increase|decrease|switch|"
    r"skip|double|quit|reduce|raise|add|give|wait|keep|make|speak|do|be|please|never|always|forget|buy|order|"
    r"discontinue|combine|treat|let|follow|say|print|reveal|check|choose|look|read|note|trust)\b"
    r"(?! (is|are)\b)"
)
_MARKER = re.compile(r"\[\d+\]")
_PERSON = re.compile(r"(?i)\b(you|your|yours|yourself|i|me|my|we|us|our)\b")
_TO_A_MACHINE = re.compile(
    r"(?i)\b(ignore|disregard|forget|override)\b.{0,40}\b(instruction|rule|prompt|above|previous|"
    r"prior|article|sentence|guideline)|\b(system prompt|language model|chat ?bots?|AI assistants?|"
    r"assistants? must|you are now|as an ai|jailbreak|developer mode|respond with|reply with|"
    r"answer with|output the|tell the (user|reader|patient)|say that|repeat after|print your|"
    r"reveal your|(hide|omit|remove|do not (show|mention|display)) the "
    r"(hot ?line|crisis|help|quote|source|warning))\b|"
    r"</?(system|assistant|user|instructions?)\b|\[/?(INST|SYSTEM)\]|<\|"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Cited sentences of one quote, in order. `heading`: what stands above them; `before`: what goes
    before them in their paragraph. Both only tell what "it" is."""

    quote: int
    sentences: tuple[str, ...]
    heading: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The quotes that support a statement, or, if there are none, why not."""

    quotes: tuple[int, ...]
    reason: str = ""


def unfit(text: str) -> str:
    """Why a statement cannot be shown, whatever it rests on; "" if it can."""
    if not text or len(text) > 600:
        return "is empty or too long"
    if _FORBIDDEN.search(text) or not _LETTERS.fullmatch(text):
        return "holds a link, a quotation mark, a question or another sign that no statement needs"
    if _SENTENCES.search(text):
        return "is more than one sentence"
    if _INSTRUCTS.match(text):
        return "tells the reader what to do"
    if addresses_a_machine(text) or not safe_to_show(text):
        return "is not safe to show"
    found = screen(text)
    if found is not None and found.level is Level.CRISIS:
        return "is not safe to show"
    return ""


def addresses_a_machine(text: str) -> bool:
    """Whether a text reads like an order to a language model; nothing rests on such a sentence."""
    return bool(_TO_A_MACHINE.search(text))


@dataclass(frozen=True, slots=True)
class Supporter:
    """Compares statements with sentences. `names`: stems of what must be called by its name;
    `things`: those of them that the glossary knows, what a sentence can be about; `aliases`: long
    forms and the one name they are read as."""

    encoder: Encoder
    names: frozenset[str]
    things: frozenset[str]
    aliases: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    def of(cls, generation: Generation, encoder: Encoder) -> Supporter:
        """With the names of a generation's glossary and articles."""
        return _supporter(generation, encoder)

    def check(self, statement: str, groups: Sequence[Group]) -> Verdict:
        """The groups that support `statement`, each alone; or all together, clause by clause."""
        said = self._read_as(statement)
        reasons = [self._unsupported(said, group) for group in groups]
        alone = tuple(g.quote for g, reason in zip(groups, reasons, strict=True) if not reason)
        if alone:
            return Verdict(alone)
        clauses = list(self._clauses(said))
        if len(clauses) > 1 and len(groups) > 1:
            found = {
                next((g.quote for g in groups if not self._unsupported(c, g)), 0) for c in clauses
            }
            if 0 not in found:
                return Verdict(tuple(sorted(found)))
        return Verdict((), reasons[0] if reasons else "points at no sentence")

    def _unsupported(self, statement: str, group: Group) -> str:
        """Why one group does not support a statement; "" if it does."""
        evidence = self._read_as(_MARKER.sub("", " ".join(group.sentences)))
        context = self._read_as(f"{group.heading} {group.before}")
        vocabulary = {stem(w.text) for w in (*words(statement), *words(evidence))}
        said, held = claims(statement, vocabulary), claims(evidence, vocabulary)
        for rule in (_numbers, _negations, _marks, _people, _opposites):
            if reason := rule(said, held):
                return reason
        every = held.stems
        said, held = (
            claims(main_clause_first(without_asides(text)), vocabulary)
            for text in (statement, evidence)
        )
        reason = (
            _limits(said, held) or _order(said, held) or self._unnamed(said, held, every, group)
        )
        if reason:
            return reason
        if _PERSON.search(statement) and not _PERSON.search(evidence):
            return "speaks to the reader where its sentences do not"
        return self._unlike(statement, evidence, context)

    def _unnamed(self, said: Claims, held: Claims, every: frozenset[str], group: Group) -> str:
        """What the statement is about must be what its sentences are about."""
        about = [frozenset(self._subjects(clause)) for clause in _clauses(held.tokens, self.things)]
        inherited: frozenset[str] = frozenset()
        leans = bool(held.tokens) and held.tokens[0].text in LEANING
        if not about[0] and (leans or not every & self.things):
            # "It …": what the paragraph speaks of, or else its heading, unless that lists several.
            before = [
                claims(self._read_as(t)).tokens for t in re.split(r"(?<=[.!?]) ", group.before)
            ]
            found = [names for tokens in before if (names := self._subjects(tokens))]
            heading = () if "," in group.heading else claims(self._read_as(group.heading)).tokens
            inherited = frozenset(found[-1] if found else self.things & {t.stem for t in heading})
        present = every | inherited
        for place, token in enumerate(said.tokens):
            named = token.stem in self.names or (
                token.capital and place > 0 and token.text not in OPENERS
            )
            if named and token.stem not in present:
                return f"a name that its sentences do not have: {token.text}"
        subjects = self._subjects(said.tokens)
        clauses = _clauses(held.tokens, self.things)
        shared = [
            len({t.stem for t in clause if t.is_content} & {*said.content}) for clause in clauses
        ]
        best = shared.index(max(shared))
        of_best = about[best] or (about[0] if best else inherited)
        if of_best and not subjects <= of_best:
            return f"about something else than its sentences: {min(subjects - of_best)}"
        return ""

    def _subjects(self, tokens: Sequence[Token]) -> set[str]:
        """Of the things with a name, those that a clause begins with."""
        verbs = [place for place, token in enumerate(tokens) if token.text in rules().verbs]
        end = min([SUBJECT, *verbs]) if verbs and verbs[0] else SUBJECT
        return {token.stem for token in tokens[:end] if token.stem in self.things}

    def _unlike(self, statement: str, evidence: str, context: str) -> str:
        said, held = self.encoder.encode([statement, evidence], "document")
        known = {w.stem for w in held.words} | set(content_stems(context))
        new = [
            (place, word)
            for place, word in enumerate(said.words)
            if word.is_content
            and not word.text[0].isdigit()
            and word.text.casefold() not in rules().compared
            and not _shared([word.stem], known)
        ]
        content = [word for word in said.words if word.is_content]
        if not content or len(new) > max(1, NEW_WORDS * len(content)):
            return f"words that its sentences do not have: {', '.join(w.text for _, w in new)}"
        for place, word in new:
            if not self.encoder.is_common(word.text) or _best(said, place, held) < MET:
                return f"a word that its sentences do not have: {word.text}"
        if float(said.vector @ held.vector) < ALIKE:
            return "says something else than its sentences"
        return ""

    def _read_as(self, text: str) -> str:
        for pattern, name in self.aliases:
            text = pattern.sub(name, text)
        return text

    def _clauses(self, statement: str) -> Iterator[str]:
        """Parts of a statement; a part that names nothing is about what the one before it names."""
        subject = ""
        for part in re.split(
            r"(?i)[,;]\s+(?:and|but|while|whereas)\s+|;\s+| while | whereas ", statement
        ):
            names = [w.text for w in words(part) if w.stem in self.names]
            if names:
                subject = names[0]
            yield part if names else f"{subject} {part}".strip()


def _clauses(tokens: Sequence[Token], things: frozenset[str]) -> list[tuple[Token, ...]]:
    """A text, cut where a joined clause begins with something else that has a name."""
    cuts = [0]
    for place in range(1, len(tokens) - 2):
        joined = tokens[place].text in ("and", "but", "while", "whereas", ";", ".")
        after_mark = tokens[place - 1].text in (",", ";") or tokens[place].text in (";", ".")
        if joined and after_mark and any(t.stem in things for t in tokens[place + 1 : place + 3]):
            cuts.append(place + 1)
    return [tuple(tokens[a:b]) for a, b in zip(cuts, [*cuts[1:], len(tokens)], strict=True)]


def _best(said: Encoded, place: int, held: Encoded) -> float:
    return float(np.max(held.word_vectors @ said.word_vectors[place], initial=-1.0))


def _numbers(said: Claims, held: Claims) -> str:
    for count in said.counts:
        same = [h for h in held.counts if h.value == count.value]
        if not same:
            return f"a number that its sentences do not have: {count.value}"
        if count.unit and not any(h.unit in (count.unit, "") for h in same):
            return f"a number of something else: {count.value} {count.unit}"
        if count.around and not any(_shared(count.around, h.around) for h in same if h.around):
            return f"a number of something else: {count.value}"
        estimated = count.bound == "≈" and "estimate" in held.groups
        if not estimated and not any(h.bound == count.bound for h in same):
            return f"a number with another bound: {count.bound or 'exactly'} {count.value}"
    return ""


def _negations(said: Claims, held: Claims) -> str:
    held_denied = {s for reached in held.denied for s in reached}
    for reached in said.denied:
        first = reached[:3]
        found = [sum(_shared([s], other) for s in first) for other in held.denied]
        if max(found, default=0) * 2 < len(first):
            return f"a denial that its sentences do not have: {' '.join(reached)}"
    for reached in held.denied:
        near = reached[:2]
        met = [s for s in near if _shared([s], said.content)]
        kept = any(_shared(reached, other) for other in said.denied)
        if len(met) * 2 >= max(1, len(near)) and not kept and not held.asserted.issuperset(met):
            return f"leaves out a denial: {' '.join(reached)}"
    if wrongly := said.asserted & (held_denied - held.asserted):
        return f"says what its sentences deny: {min(wrongly)}"
    return ""


def _people(said: Claims, held: Claims) -> str:
    """Whether the statement speaks of other people, or of more."""
    for who in said.people:
        if held.people and not any(_shared([who], [other]) for other in held.people):
            return f"speaks of other people: {who or 'everybody'}"
    return ""


def _shared(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether a stem of the one may stand for a stem of the other."""
    return any(_same(a, b) for a in one for b in other)


def _same(one: str, other: str) -> bool:
    if one == other or other in rules().same.get(one, ()):
        return True
    short, long = sorted((one, other), key=len)
    return len(short) > 5 and long.startswith(short)  # compete, competitor


def _marks(said: Claims, held: Claims) -> str:
    for mark in said.marked:
        mine = set(rules().marked[mark.word])
        if not mine & held.groups:
            return f"a word that says more than its sentences: {mark.word}"
        if mark.group == "possibility" and not any(
            _shared(mark.limits, other.limits) for other in held.marked if other.group == mark.group
        ):
            return f"calls possible what its sentences say: {' '.join(mark.limits)}"
    sure = {token.text for token in said.tokens} - {token.text for token in held.tokens}
    if sure & {"will", "would"} and "possibility" in held.groups - said.groups:
        return "says for sure what its sentences call possible"
    return ""


def _limits(said: Claims, held: Claims) -> str:
    content = set(said.content)
    for mark in held.marked:
        if mark.group in rules().kept and mark.limits:
            limited = [s for s in mark.limits if s in content]
            mine = set(rules().marked[mark.word])
            if limited and not mine & said.groups:
                return f"leaves out a limit: {mark.word} {limited[0]}"
    narrowed: dict[str, set[str]] = {}
    for before, after in zip(held.content, held.content[1:], strict=False):
        narrowed.setdefault(after, set()).add(before)
    for noun, befores in narrowed.items():
        if befores <= rules().narrowing and noun in content and not befores & content:
            return f"leaves out what narrows a word: {' '.join(sorted(befores))} {noun}"
    return ""


def _opposites(said: Claims, held: Claims) -> str:
    for one, other in rules().opposites:
        for mine, theirs in ((one, other), (other, one)):
            new = (said.stems & mine) - held.stems
            if new and held.stems & theirs:
                return f"the opposite of a word of its sentences: {min(new)}"
    return ""


def _order(said: Claims, held: Claims) -> str:
    """Whether the statement turns round what is compared, or what comes of what."""
    place = {s: i for i, s in reversed(list(enumerate(held.content)))}
    unique = [s for s in said.content if held.content.count(s) == 1 and said.content.count(s) == 1]
    places = [place[s] for s in unique]
    pairs = [(a, b) for i, a in enumerate(places) for b in places[i + 1 :]]
    if len(places) >= 4 and sum(a > b for a, b in pairs) > len(pairs) * TURNED:
        return "turns round what its sentences say"
    mine, theirs = said.cause_and_effect, held.cause_and_effect
    if (
        mine
        and theirs
        and (mine[0] & (theirs[1] - theirs[0]))
        and (mine[1] & (theirs[0] - theirs[1]))
    ):
        return "takes the effect for the cause"
    for way, where in said.ways:
        others = {other for other, there in held.ways if there == where}
        if others and way not in others and "from" in {way, *others}:
            return "turns round where something goes"
    for link in LINKS:
        one, other = _sides(said, link), _sides(held, link)
        if one and other:
            crossed = [s for s in one[0] if s in other[1] and s not in other[0]]
            back = [s for s in one[1] if s in other[0] and s not in other[1]]
            if crossed and back:
                return "turns round what its sentences say"
    return ""


def main_clause_first(text: str) -> str:
    """ "Before that, this." read as "this Before that."; a sentence may begin with either."""
    return re.sub(
        r"(?m)(^|(?<=[.!?] ))((?:Before|After|When|If|Once|Because|Rather than|Although|For|With|Done)\b"
        r"[^,.]+), ([^.]+)(?=\.)",
        r"\3 \2",
        text,
    )


def _sides(of: Claims, link: str) -> tuple[list[str], list[str]] | None:
    """Content stems before and after the one place of a linking word."""
    found = [i for i, token in enumerate(of.tokens) if token.text == link]
    if len(found) != 1:
        return None
    before, after = of.tokens[: found[0]], of.tokens[found[0] + 1 :]
    return [t.stem for t in before if t.is_content], [t.stem for t in after if t.is_content]


@lru_cache(maxsize=4)
def _supporter(generation: Generation, encoder: Encoder) -> Supporter:
    things: set[str] = set()
    aliases = dict(rules().aliases)
    for term in generation.glossary:
        if term.is_name:
            things |= {name_stem(name) for name in (term.meant, term.said) if " " not in name}
    names = set(things)
    for article in generation.articles.values():
        for long, short in _abbreviated(article.text):
            aliases[long] = short
            names.add(name_stem(short))
    ordered = sorted(aliases.items(), key=lambda pair: -len(pair[0]))
    patterns = tuple(
        (re.compile(rf"(?i)\b{re.escape(long).replace(chr(92) + ' ', '[ -]')}s?\b"), short)
        for long, short in ordered
    )
    return Supporter(encoder, frozenset(names), frozenset(things), patterns)


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
