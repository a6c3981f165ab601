"""What is imported is named in pyproject.toml, and what is named there is pinned."""

import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tests.test_rooms import FILES, imports

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
WANTED = [
    Requirement(line) for extra in PROJECT["optional-dependencies"].values() for line in extra
]
PINNED = {
    canonicalize_name(pin.name): next(iter(pin.specifier)).version
    for file in ("requirements.txt", "requirements-test.txt")
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines()
    if line and not line.startswith(("#", "-r"))
    for pin in [Requirement(line)]
}


@pytest.mark.parametrize("needed", NEEDED, ids=lambda one: one.name)
def test_what_is_needed_is_pinned_within_its_range(needed: Requirement) -> None:
    assert needed.specifier.contains(PINNED[canonicalize_name(needed.name)])


def test_what_is_imported_is_named() -> None:
    named = {canonicalize_name(one.name) for one in (*NEEDED, *WANTED)}
    known = packages_distributions()
    modules = {name.split(".")[0] for file in FILES for name in imports(file)}
    libraries = modules - sys.stdlib_module_names - {"qa_bot"}
    assert len(libraries) > 20
    for library in libraries:
        assert named & {canonicalize_name(name) for name in known[library]}, library
