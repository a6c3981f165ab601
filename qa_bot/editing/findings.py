"""What the check says: one finding, and all of them as text for an editor or as JSON for a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from qa_bot.wording import count


class Severity(StrEnum):
    """An error stops a publish; a warning is for the editor to judge."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `file` is a name within the corpus folder; `line` counts from 1 in that
    file, None where no single line is meant; `rule` is a short name that never changes."""

    severity: Severity
    rule: str
    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = f", line {self.line}" if self.line else ""
        return f"{self.severity.capitalize()}{place}: {self.message}"


def with_severity(severity: Severity, findings: Iterable[Finding]) -> list[Finding]:
    """Those of that severity."""
    return [finding for finding in findings if finding.severity is severity]


def counted(findings: Sequence[Finding]) -> str:
    """
    >>> counted([])
    '0 errors, 0 warnings'
    """
    return ", ".join(
        count(len(with_severity(severity, findings)), severity) for severity in Severity
    )


def as_text(findings: Sequence[Finding]) -> str:
    """All findings, by file and line; "" where there are none."""
    return "\n\n".join(
        "\n".join((file, *(f"  {finding}" for finding in of_file)))
        for file, of_file in groupby(_ordered(findings), key=lambda finding: finding.file)
    )


def as_json(findings: Sequence[Finding], articles: int) -> dict[str, Any]:
    """Plain JSON types, with the counts first."""
    return {
        "articles": articles,
        "errors": len(with_severity(Severity.ERROR, findings)),
        "warnings": len(with_severity(Severity.WARNING, findings)),
        "findings": [asdict(finding) for finding in _ordered(findings)],
    }


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: (f.file, f.line or 0, f.severity, f.rule, f.message))
