"""Who may import whom: docs/architecture.md says it, and this holds it."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = {"sources", "expectations", "serving", "dagster_project"}
COMMON = "sources.common"  # the little that every room may import
MAY_IMPORT = {room: {room} for room in ROOMS} | {"dagster_project": ROOMS}


def imported(path: Path) -> set[str]:
    """The packages that a module imports, wherever in it, but for `sources.common`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return {name.partition(".")[0] for name in found if not f"{name}.".startswith(f"{COMMON}.")}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_no_other(room: str) -> None:
    modules = sorted((ROOT / room).rglob("*.py"))

    assert modules
    assert {
        path.relative_to(ROOT).as_posix(): wrong
        for path in modules
        if (wrong := imported(path) & ROOMS - MAY_IMPORT[room])
    } == {}
