"""How the pairs that measure the verifier are made: right statements written by hand → wrong ones.

    python -m tests.statement_pairs      writes tests/data/statements_{dev,test}.jsonl again

`statements_written.jsonl` holds statements that their sentences support and hard cases that they do not,
by hand, and what a language model wrote to some questions, judged by hand. Each right statement is
changed here in up to seven ways, one change a pair, by rules that know nothing of the verifier's; the
sentences stay. The statements of the test split were written after the rules that verify, and looked at
by nobody until these were finished.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.conftest import DATA

Row = dict[str, Any]
Rule = tuple[str, str]

NUMBERS: tuple[Rule, ...] = (
    (r"\b6 to 8 weeks\b", "4 to 6 weeks"),
    (r"\b50 to 60%", "70 to 80%"),
    (r"\b15 to 20%", "15 to 30%"),
    (r"\b(Approximately|About|Roughly) 30\b", r"\1 13"),
    (r"\b0\.1%", "1%"),
    (r"\bat least two\b", "at least three"),
    (r"\b[Tt]wo\b", "four"),
    (r"\bone or two\b", "one or five"),
    (r"\bhours to days\b", "days to weeks"),
    (r"\bseveral weeks\b", "two weeks"),
    (r"\bseveral times a week\b", "two times a week"),
    (r"\bsecond\b", "third"),
    (r"\bone of the\b", "one of the two"),
)
# Added to every third statement that holds nothing else to change.
NUMBER_ADDED: Rule = (r"\.$", " in 80% of patients.")
NEGATIONS: tuple[Rule, ...] = (
    (r"\bdoes not require\b", "requires"),
    (r"\bneeds no\b", "needs"),
    (r"\bdo not count\b", "count"),
    (r"\bdoes not\b", "does"),
    (r"\bdid not\b", "did"),
    (r"\bhas not\b", "has"),
    (r"\bhave not\b", "have"),
    (r"\bdo not\b", "do"),
    (r", not\b", ", but also"),
    (r"\bis not\b", "is"),
    (r"\bThere is no\b", "There is a"),
    (r"\bwithout\b", "with"),
    (r"\bcan\b", "cannot"),
    (r"\b(is|are|was|must|may)\b", r"\1 not"),
    (r"\b(requires|need|needs|targets|blocks?|acts?|improve|means?|stimulates|favors|treats|works?)\b",
     r"never \1"),
    (r"\b(include|explains|addresses|remains|moves?|define|meet|step|use|assesses|reviews)\b",
     r"never \1"),
)  # fmt: skip
ENTITIES: tuple[Rule, ...] = (
    (r"\bEsketamine\b(?!’)", "Bupropion"),
    (r"\bSpravato\b", "Prozac"),
    (r"\bTMS\b", "ECT"),
    (r"\bECT\b|\bElectroconvulsive therapy\b", "TMS"),
    (r"\bMAOIs\b", "Tricyclics"),
    (r"\bMAOI\b", "ECT"),
    (r"\bFDA\b", "NHS"),
    (r"\blithium\b", "valproate"),
    (r"\baripiprazole\b", "olanzapine"),
    (r"\bmirtazapine\b", "trazodone"),
    (r"\bSSRI\b", "benzodiazepine"),
    (r"\bManifest\b", "SiggyMD"),
    (r"\bglutamate\b", "histamine"),
    (r"\bPHP\b", "ECT"),
    (r"\bIOP\b", "TMS"),
    (r"\b(TRD|[Tt]reatment-resistant depression)\b", "generalized anxiety"),
    (r"\bantidepressants?\b", "stimulants"),
    (r"\bmedications?\b", "surgery"),
    (r"\bClinicians|clinicians\b", "insurers"),
    (r"\bprescriber\b", "pharmacist"),
    (r"\bdepression\b", "schizophrenia"),
    (r"\btherapy\b|\bTherapy\b", "acupuncture"),
    (r"\bresponse\b", "weight"),
    (r"\bdose\b", "diet"),
)
SCOPES: tuple[Rule, ...] = (
    (r"\b[Ss]ome\b", "all"),
    (r"\b[Mm]any\b", "all"),
    (r"\b[Mm]ost (clinicians|people)\b", r"all \1"),
    (r"\bsevere (or life-threatening )?", ""),
    (r"\bin partial responders\b|\bfor partial responders\b", "for everyone"),
    (r" in treatment-resistant populations\b| in people with TRD\b", " in everyone"),
    (r"\bpatients with\b", "children with"),
    (r"\bpeople with\b", "teenagers with"),
    (r"\bA significant percentage of people\b", "All people"),
    (r"\b[Ff]or appropriate candidates,? ?", "for all patients "),
    (r"\badequate (antidepressant )?trials\b", "trials of any length"),
    (r"\bin a certified (healthcare )?setting\b", "in any setting"),
    (r"\bfor treatment-resistant depression\b", "for all mental disorders"),
    (r"\bfor TRD\b", "for any kind of depression"),
    (r"\bIntranasal esketamine\b", "Every form of ketamine"),
)
SCOPE_ADDED: Rule = (r"\.$", ", also during pregnancy.")
CERTAINTIES: tuple[Rule, ...] = (
    (r"\busually\b|\btypically\b|\bgenerally\b", "always"),
    (r"\boften\b", "always"),
    (r"\bsometimes\b", "always"),
    (r"\bmay be\b", "is certainly"),
    (r"\bcan\b", "will"),
    (r"\b[Aa]bout\b|\bRoughly\b", "Exactly"),
    (r"\bAn estimated\b", "Exactly"),
    (r"\bat least\b", "only"),
    (r"\bmust\b", "may"),
    (r"\brequires\b|\bneeds\b", "may require"),
    (r"\bis the most effective\b|\bis still the most effective\b", "may be the most effective"),
    (r"\b(is|are|was)\b", r"\1 perhaps"),
    (r"\b(targets|blocks?|acts|means|include|improve|stimulates|works?|meet|happens|explains|moves?)\b",
     r"possibly \1"),
    (r"\b(treats|favors|addresses|reviews|assesses|takes|comes|define|remains|use)\b", r"perhaps \1"),
)  # fmt: skip
DIRECTIONS: tuple[Rule, ...] = (
    (r"\binstead of\b", "as well as"),
    (r"\bbefore\b", "after"),
    (r"\bafter\b", "before"),
    (r"\bhigher\b", "lower"),
    (r"\bless\b", "more"),
    (r"\bincrease\b", "decrease"),
    (r"\braise\b", "lower"),
    (r"\btoo low\b", "too high"),
    (r"\btoo short\b", "too long"),
    (r"\bearlier\b", "later"),
    (r"\bmost effective\b", "least effective"),
    (r"\bbetter\b", "worse"),
    (r"\bfirst\b", "last"),
    (r"\bantagonist\b", "agonist"),
    (r"\bnoninvasive\b|\bnon-invasive\b", "invasive"),
    (r"\boutpatient\b", "inpatient"),
    (r"\boral\b", "injected"),
    (r"\bboosts\b", "weakens"),
    (r"\bdifferent\b", "identical"),
    (r"\bAdding\b|\badding\b", "removing"),
    (r"\bimprove(ment|d)?\b", r"decline"),
    (r"\bstimulates\b", "suppresses"),
    (r"\bblocks?\b", "activate"),
    (r"\beffective\b", "ineffective"),
    (r"\bfavors\b", "opposes"),
    (r"\bslow\b", "fast"),
    (r"\bunderused\b", "overused"),
    (r"\binadequate\b", "excellent"),
    (r"\bwithin\b", "only after"),
    (r"\bstandard\b", "discouraged"),
    (r"\bmanageable\b", "unmanageable"),
)
KINDS: dict[str, tuple[Rule, ...]] = {
    "number": NUMBERS,
    "negation": NEGATIONS,
    "entity": ENTITIES,
    "scope": SCOPES,
    "certainty": CERTAINTIES,
    "direction": DIRECTIONS,
}


ADDED: dict[str, Rule] = {"number": NUMBER_ADDED, "scope": SCOPE_ADDED}
EVERY = 3


def changed(statement: str, rules: tuple[Rule, ...]) -> str:
    """`statement` after the first rule that changes it, once; "" if none does."""
    for pattern, put in rules:
        new = re.sub(pattern, put, statement, count=1)
        if new != statement:
            return (new[0].upper() + new[1:]).replace("  ", " ")
    return ""


def pairs(written: list[Row], split: str) -> Iterator[Row]:
    """All pairs of one split: the written ones first, then their changes, then unrelated ones."""
    rows = [row for row in written if row["split"] == split]
    right = [row for row in rows if row["label"] == "right"]
    yield from rows
    for place, row in enumerate(right):
        for kind, rules in KINDS.items():
            statement = changed(row["statement"], rules)
            if not statement and kind in ADDED and place % EVERY == 0:
                statement = changed(row["statement"], (ADDED[kind],))
            if statement:
                yield row | {"label": "wrong", "kind": kind, "by": "rule", "statement": statement}
    # A third of the way round the list is another topic.
    for place, row in enumerate(right):
        other = right[(place + len(right) // 3) % len(right)]
        new = {"label": "wrong", "kind": "unrelated", "by": "rule", "statement": other["statement"]}
        yield row | new


def numbered(rows: Iterator[Row], split: str) -> Iterator[str]:
    """One line of JSON for each row."""
    for number, row in enumerate(rows, start=1):
        told = {name: row[name] for name in ("label", "kind", "by", "statement", "cited")}
        yield json.dumps({"id": f"{split}-{number:03}"} | told, ensure_ascii=False) + "\n"


def read_written() -> list[Row]:
    """What was written by hand."""
    lines = (DATA / "statements_written.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


if __name__ == "__main__":
    for split in ("dev", "test"):
        path = DATA / f"statements_{split}.jsonl"
        path.write_text("".join(numbered(pairs(read_written(), split), split)), encoding="utf-8")
