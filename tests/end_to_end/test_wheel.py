"""The wheel in an environment of its own: it has all that a refresh needs, and writes nothing beside its code."""

import os
import sys
from pathlib import Path

import pytest

from dagster_project import dbt_runner, measure
from tests.end_to_end.conftest import Stage
from tests.end_to_end.harness import ROOT, TINY, Said, copy_portfolio, figures, run, served, tree

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tiny")]
UV = str(Path(sys.executable).with_name("uv"))


class Installation:
    """The wheel, installed with the locked versions of what it declares; `PATH` and caches are its own."""

    def __init__(self, folder: Path) -> None:
        """Build the wheel and install it."""
        self.folder, self.venv, self.cwd = folder, folder / "venv", folder / "elsewhere"
        self.cwd.mkdir(parents=True)
        measure.compile_project()
        dbt_runner.compiled()
        dist, here = str(folder / "dist"), ("--python", sys.executable)
        self._uv("build", "--wheel", "--no-build-isolation", *here, "--out-dir", dist, str(ROOT))
        (wheel,) = (folder / "dist").glob("*.whl")
        self._uv("venv", *here, str(self.venv))
        python, lock = str(self.venv / "bin" / "python"), str(ROOT / "requirements.lock")
        self._uv("pip", "install", "--compile-bytecode", "--python", python, "--constraints", lock, str(wheel))
        (self.packages,) = (self.venv / "lib").glob("python*/site-packages")

    def _uv(self, *arguments: str) -> None:
        said = run([UV, *arguments], os.environ, self.folder)
        assert said.exit_code == 0, said.err

    def outcomes(self, *arguments: str | Path, program: str = "outcomes") -> Said:
        """Run a program of the installation in a folder that has nothing to do with it."""
        env = {"PATH": f"{self.venv / 'bin'}:/usr/bin:/bin", "HOME": str(self.folder / "user"), "LANG": "C.UTF-8"}
        return run([str(self.venv / "bin" / program), *map(str, arguments)], env, self.cwd)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One installation, for all tests of this file."""
    return Installation(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def refreshed(installed: Installation) -> tuple[Said, dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """A refresh of tiny with it, and what was beside its code before and after."""
    before = tree(installed.packages)
    copy_portfolio(TINY, installed.cwd / "tiny")
    return installed.outcomes("refresh", "--portfolio", "tiny"), before, tree(installed.packages)


def test_it_publishes_the_figures_of_a_checkout(
    installed: Installation, refreshed: tuple[Said, object, object], first: Stage
) -> None:
    assert refreshed[0].exit_code == 0, refreshed[0].err
    home = installed.cwd / ".outcomes" / "tiny"
    assert (home / "index.html").exists()
    assert figures(served(home)) == first.figures


def test_it_writes_nothing_beside_its_code(refreshed: tuple[Said, object, object]) -> None:
    assert refreshed[1] == refreshed[2]


def test_it_brings_what_was_compiled(installed: Installation, refreshed: tuple[Said, object, object]) -> None:
    assert refreshed[0].exit_code == 0
    (kept,) = (installed.folder / "user" / ".cache" / "outcome-warehouse").iterdir()
    for name in ("compiled_sql.json", "metrics.json", "fingerprints.json"):
        assert (kept / name).read_bytes() == (dbt_runner.TARGET / name).read_bytes()


def test_it_brings_the_docs_that_its_messages_name(installed: Installation) -> None:
    docs = installed.venv / "share" / "doc" / "outcome-warehouse" / "docs"
    assert str(docs) in installed.outcomes("--help").out
    assert (docs / "portfolio.md").exists()


def test_it_starts_a_portfolio_in_any_folder(installed: Installation) -> None:
    said = installed.outcomes("init", "mine", "--currency", "EUR", "--example", "jira-csv")
    assert (said.exit_code, said.err) == (0, "")
    assert (installed.cwd / "mine" / "portfolio.yml").exists()


def test_dagster_loads_it(installed: Installation) -> None:
    said = installed.outcomes("definitions", "validate", "-m", "dagster_project.definitions", program="dagster")
    assert said.exit_code == 0, said.err
