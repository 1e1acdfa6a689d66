"""Which package may import which, as docs/architecture.md says."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = {"sources", "expectations", "serving", "dagster_project"}
COMMON = "sources.common"  # shared by all packages
MAY_IMPORT = {package: {package} for package in PACKAGES} | {"dagster_project": PACKAGES}


def imported(path: Path) -> set[str]:
    """The packages that a module imports, anywhere in it, except `sources.common`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return {name.partition(".")[0] for name in found if not f"{name}.".startswith(f"{COMMON}.")}


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_imports_no_other(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))

    assert modules
    assert {
        path.relative_to(ROOT).as_posix(): wrong
        for path in modules
        if (wrong := imported(path) & PACKAGES - MAY_IMPORT[package])
    } == {}
