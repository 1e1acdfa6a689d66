"""Which package may import which, as docs/architecture.md says."""

import ast
import tomllib
from importlib.metadata import distributions, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


def brought() -> set[str]:
    """The packages that `pyproject.toml` declares, and those of which one of them pins an exact version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [project["dependencies"], *project.get("optional-dependencies", {}).values()]
    declared = {Requirement(line).name for group in lines for line in group}
    installed = {distribution.name for distribution in distributions()}
    inner = [Requirement(line) for name in declared & installed for line in requires(name) or []]
    pinned = {one.name for one in inner if str(one.specifier).startswith("==") and one.marker is None}
    return {canonicalize_name(name) for name in declared | pinned}


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_imports_only_declared_dependencies(package: str) -> None:
    known, provided = brought(), packages_distributions()
    names = {name for path in (ROOT / package).rglob("*.py") for name in imported(path)} - PACKAGES

    assert {
        name: by for name in names if (by := provided.get(name)) and not known & {canonicalize_name(one) for one in by}
    } == {}
