"""What an editor writes above an article, between two lines of three hyphens: names and values."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

import frontmatter
import yaml

from qa_bot.errors import CorpusError, in_line

FIELDS = ("title", "publisher", "url", "reviewed_by", "review_status", "last_updated")

_UNCLOSED = re.compile(r"---\n\s*[\w-]+:")
_UNOPENED = re.compile(rf"\s*(?:(?:{'|'.join(FIELDS)}):.*\n)+---\n")


def read_front_matter(path: Path, content: str) -> tuple[dict[str, Any], str]:
    """The fields of a file's `content`, "" where they are not given, and the text below them.

    :param path: named in errors.
    :raises CorpusError: it cannot be read, or has a field that is none.
    """
    if _UNOPENED.match(content):
        raise CorpusError(
            f"{path} has front matter that is never opened; put a line of three hyphens above it."
        )
    if _UNCLOSED.match(content) and "\n---" not in content[3:]:
        raise CorpusError(
            f"{path} has front matter that is never closed; put a line of three hyphens below it."
        )
    try:
        metadata, text = frontmatter.parse(content)
        if not metadata and content.startswith("---\n") and text != content.strip():
            metadata = dict(yaml.safe_load(content[4:].partition("\n---")[0]) or {})
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise CorpusError(
            f"{path} has front matter that cannot be read{in_line(error)}; between the two --- lines "
            'write "name: value", with quotation marks around a value that holds a colon.'
        ) from None
    for name, value in metadata.items():
        if name not in FIELDS:
            close = difflib.get_close_matches(str(name), FIELDS, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(FIELDS)}."
            raise CorpusError(f'{path} has "{name}" in its front matter, which is unknown; {hint}')
        if isinstance(value, dict | list):
            raise CorpusError(
                f'{path}: "{name}" in its front matter is no text; put the value in quotation marks.'
            )
    return {name: metadata.get(name) or "" for name in FIELDS}, text
