"""Running the product as its users do: the `outcomes` command in this process, in others, and from a changed copy."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from typer.testing import CliRunner

from sources.generated import generate

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "fixtures" / "tiny"
DECENTRALAND = ROOT / "examples" / "decentraland"
SCALE, SEED = 0.05, 7  # of Acme, wherever tests and docs/questions.md speak of it
PACKAGES = ("sources", "dbt", "expectations", "serving", "dagster_project", "examples", "tests/fixtures")

# sums of floats end in other digits where the rows come in another order, so eleven places are looked at
METRIC_VALUES = """
    select metric_name, grain, period_start, dimension_name, member_id, round(value, 11), round(numerator, 11),
        round(denominator, 11), n, n_excluded, round(lower, 11), round(upper, 11), status, is_partial
    from metrics.fct_metric_values
    order by all
"""
VALUE_REALIZATION = """
    select * replace (
        round(on_time_rate, 11) as on_time_rate, round(roi, 11) as roi, round(outcome_score, 11) as outcome_score
    )
    from outcomes.value_realization
    order by all
"""

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Said:
    """What a command ended with: its exit code and what it wrote."""

    exit_code: int
    out: str
    err: str


def generate_acme(folder: Path) -> Path:
    """Write the portfolio of Acme, a company whose truth is known, into a folder."""
    return generate(folder, SCALE, SEED).folder


def outcomes(*arguments: str | Path, home: Path, portfolio: Path) -> Said:
    """Run `outcomes` in this process on a portfolio below a home of its own."""
    from dagster_project.cli import app

    found = CliRunner().invoke(app, [str(a) for a in arguments], env=environment(home, portfolio))
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return Said(found.exit_code, found.stdout, found.stderr)


def environment(home: Path, portfolio: Path) -> dict[str, str]:
    """What the command reads from the environment."""
    return {"OUTCOMES_HOME": str(home), "OUTCOMES_PORTFOLIO": str(portfolio)}


def clean_environment(root: Path = ROOT, **more: str) -> dict[str, str]:
    """An environment without anything of the caller's, in which the repository at `root` is imported."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "LANG": "C.UTF-8", **more}


def command(*arguments: str | Path) -> list[str]:
    """The command line of `outcomes` in a process of its own."""
    return [sys.executable, "-m", "dagster_project.cli", *map(str, arguments)]


def run(line: Sequence[str], env: Mapping[str, str], cwd: Path = ROOT) -> Said:
    """Run a command line to its end, its output piped."""
    ended = subprocess.run(line, env=dict(env), cwd=cwd, capture_output=True, text=True, check=False, timeout=900)
    return Said(ended.returncode, ended.stdout, ended.stderr)


def read(database: Path, sql: str) -> Rows:
    """The rows of a query on a DuckDB file that nobody writes."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def served(home: Path) -> Path:
    """The served database of a portfolio's home."""
    return home / "serve" / "current" / "warehouse.duckdb"


def figures(database: Path) -> tuple[Rows, Rows]:
    """All that a version says: its metric values and its value realization."""
    return read(database, METRIC_VALUES), read(database, VALUE_REALIZATION)


def versions(home: Path) -> list[str]:
    """Names of the versions that readers may see, oldest first."""
    folders = [path for path in (home / "serve").iterdir() if path.is_dir() and not path.is_symlink()]
    return sorted(path.name for path in folders if not path.name.startswith("."))


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Every path below a folder with size and time of change, links by where they point."""
    found = {path.relative_to(folder).as_posix(): path.lstat() for path in sorted(folder.rglob("*"))}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in found.items() if not name.endswith(".lock")}


def blocking(home: Path) -> set[str]:
    """`suite:check` of every record of the newest audit at a home that stops publishing."""
    newest = max((home / "audit").glob("*.parquet"), key=lambda path: path.name)
    return {
        f"{suite}:{name}"
        for suite, name in duckdb.execute(
            f"""select suite, check_name from read_parquet('{newest}')
            where severity = 'fail' and status in ('failed', 'missing', 'error')"""
        ).fetchall()
    }


def copy_portfolio(source: Path, target: Path, changes: Mapping[str, tuple[str, str]] | None = None) -> Path:
    """A writable copy of a portfolio's folder, with texts in some of its files replaced."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("expected"))
    for name, (old, new) in (changes or {}).items():
        replace(target / name, old, new)
    return target


def copy_home(home: Path, target: Path) -> Path:
    """A copy of a portfolio's home whose files are those of the first, as nothing in it is ever changed."""
    left = shutil.ignore_patterns(".lock", "build", "portfolio.txt")  # the last says whose it is
    shutil.copytree(home, target, symlinks=True, copy_function=os.link, ignore=left)
    return target


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file exactly once."""
    text = path.read_text()
    assert text.count(old) == 1, f"{path}: {text.count(old)} times {old!r}"
    path.write_text(text.replace(old, new))


def copy_repository(target: Path) -> Path:
    """A copy of the packages and portfolios, in which a test may change definitions."""
    ignored = shutil.ignore_patterns("__pycache__", "logs", ".lock", ".user.yml")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, target / package, ignore=ignored)
    # dbt keeps absolute paths in what it parsed; what was compiled is keyed by its content
    folder = target / "dbt" / "target"
    compiled = {
        name: (folder / name).read_bytes()
        for name in ("metrics.json", "compiled_sql.json", "fingerprints.json")
        if (folder / name).exists()
    }
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in compiled.items():
        (folder / name).write_bytes(content)
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, target)
    return target


@contextmanager
def changed(folder: Path, edits: Sequence[tuple[str, str, str]]) -> Iterator[None]:
    """Edits (file, old text, new text) made in a folder, such as a copy of the repository, and taken back."""
    before = {name: (folder / name).read_text() for name, _, _ in edits}
    try:
        for name, old, new in edits:
            replace(folder / name, old, new)
        yield
    finally:
        for name, text in before.items():
            (folder / name).write_text(text)
