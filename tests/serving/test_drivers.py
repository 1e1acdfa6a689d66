"""The published file is opened, and queried, by the oldest supported driver, a real one, and by the newest."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from serving.copying import OLDEST_DRIVER, STORAGE_VERSION
from serving.versions import Version

NEWEST_DRIVER = "2.0.1"

# what a reader with that driver finds: rows, comments and keys of every table, a figure, and that it can't write
SCRIPT = """
import json, sys
import duckdb

connection = duckdb.connect(
    sys.argv[1], read_only=True, config={"enable_external_access": "false", "lock_configuration": "true"}
)
tables = connection.execute(
    "select schema_name || '.' || table_name from duckdb_tables() where not internal"
).fetchall()
told = {
    "driver": duckdb.__version__,
    "rows": {name: len(connection.execute(f"select * from {name}").fetchall()) for (name,) in tables},
    "comment": connection.execute("select comment from duckdb_tables() where table_name = 'dim_initiative'").fetchone()[0],
    "keys": connection.execute(
        "select count(*) from duckdb_constraints() where constraint_type = 'PRIMARY KEY'"
    ).fetchone()[0],
    "cost": connection.execute(
        "select sum(reporting_amount)::varchar from core.fct_ledger_entries join core.dim_initiative using (initiative_key)"
    ).fetchone()[0],
    "feeds": connection.execute("select feeds from metrics.dim_metric limit 1").fetchone()[0],
}
try:
    connection.execute("create table core.mine (i int)")
except duckdb.Error:
    told["is_read_only"] = True
print(json.dumps(told))
"""


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removeprefix("v").split("."))


def test_the_storage_version_is_not_above_the_oldest_driver() -> None:
    assert number(STORAGE_VERSION) <= number(OLDEST_DRIVER)


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drivers")


def python_with(version: str, folder: Path) -> Path:
    """The Python of a new environment that has this DuckDB and nothing else."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert uv, "uv is part of the development environment: make .venv/.ready"
    home, python = folder / version, folder / version / "bin" / "python"
    for line in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(home)],
        [uv, "pip", "install", "--quiet", "--python", str(python), "--only-binary", ":all:", f"duckdb=={version}"],
    ):
        ended = subprocess.run(line, check=False, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
    return python


@pytest.mark.slow
@pytest.mark.parametrize("version", [OLDEST_DRIVER, NEWEST_DRIVER])
def test_a_driver_of_that_version_reads_what_is_published(
    published: Version, environments: Path, version: str, tmp_path: Path
) -> None:
    script = tmp_path / "read.py"
    script.write_text(SCRIPT)

    ended = subprocess.run(
        [python_with(version, environments), script, published.database], check=False, capture_output=True, text=True
    )

    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    assert told == {
        "driver": version,
        "rows": {name: table["rows"] for name, table in published.manifest["tables"].items()},
        "comment": "One row an initiative.",
        "keys": 1,
        "cost": "30.0000",
        "feeds": ["ledger_entries"],
        "is_read_only": True,
    }
