"""The rooms of the package: which may know which, where libraries live, and what each room holds."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "qa_bot"
# Each may import from those before it.
ORDER = (
    *(
        "records",
        "answers",
        "errors",
        "words",
        "wording",
        "digests",
        "files",
        "command",
        "prefetching",
    ),
    *("embedding", "safety", "settings", "articles", "index", "retrieval", "answering"),
    *(
        "composing",
        "serving",
        "chat",
        "retriever",
        "ui",
        "editing",
        "evaluation",
        "training",
        "__main__",
    ),
)
LIBRARIES = {
    "chromadb": "index",
    "gradio": "ui",
    "jinja2": "ui",
    "fastapi": "ui",
    "trafilatura": "articles",
    "sentencex": "articles",
    "markdown_it": "articles",
    "mdit_py_plugins": "articles",
    "tokenizers": "embedding",
    "langchain": "composing",
    "bm25s": "index",
    "pydantic_settings": "settings",
    "sklearn": "training",
}
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


def imports(file: Path) -> Iterator[str]:
    """The modules that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "qa_bot":
            yield from (f"qa_bot.{name.name}" for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def room(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = [file for file in sorted(PACKAGE.rglob("*.py")) if room(file) != "__init__"]


def test_every_room_has_its_place_in_the_order() -> None:
    assert {room(file) for file in FILES} == set(ORDER)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_room_knows_only_those_before_it(file: Path) -> None:
    own = ORDER.index(room(file))
    known = {name.split(".")[1] for name in imports(file) if name.startswith("qa_bot.")}
    assert not [name for name in known if ORDER.index(name) > own]


@pytest.mark.parametrize(("library", "home"), LIBRARIES.items())
def test_a_library_lives_in_one_room(library: str, home: str) -> None:
    found = {
        room(file) for file in FILES for name in imports(file) if name.split(".")[0] == library
    }
    assert found == {home}


@pytest.mark.parametrize("folder", ROOMS, ids=lambda folder: folder.name)
def test_a_room_names_all_that_it_holds(folder: Path) -> None:
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    assert not [name for name in sorted(modules) if f"`{name}`" not in said]


def test_a_module_is_short_enough_to_be_read_at_once() -> None:
    longest = max(FILES, key=lambda file: len(file.read_text(encoding="utf-8").splitlines()))
    assert len(longest.read_text(encoding="utf-8").splitlines()) <= 260, longest
