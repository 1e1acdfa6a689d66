"""docs/connect.md, done as it says: each example runs in the tool it is for, and shows the published figures."""

import csv
import datetime
import io
import math
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import matplotlib as mpl
import pytest
import yaml

from serving import mirror, versions
from serving.export import write_parquet
from tests.end_to_end.conftest import Refreshed
from tests.end_to_end.harness import ROOT, outcomes, served
from tests.postgres_server import PASSWORD, Server

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("acme")]

PAGE = (ROOT / "docs" / "connect.md").read_text()
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)
QUARTERS = 12
PICTURE = b"\x89PNG"

Figures = list[tuple[datetime.date, float, str]]


def examples(heading: str, language: str) -> list[str]:
    """The blocks of a language below a heading of the page."""
    [section] = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return [found["code"] for found in BLOCK.finditer(section) if found["language"] == language]


@pytest.fixture(scope="module")
def figures(acme: Refreshed) -> Figures:
    """What the page's own query answers."""
    [query] = [found["code"] for found in BLOCK.finditer(PAGE) if found["language"] == "sql"]
    rows = acme.read(query)
    assert len(rows) == QUARTERS
    return rows


@pytest.fixture
def current(acme: Refreshed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder through which readers see what is served. Charts are drawn into a folder aside, on no screen."""
    monkeypatch.chdir(tmp_path)
    with mpl.rc_context({"backend": "agg"}):
        yield acme.home / "serve" / "current"


def done(code: str, current: Path) -> dict[str, Any]:
    """The names that an example leaves, run on what is served."""
    names: dict[str, Any] = {}
    for name in ("warehouse.duckdb", "parquet/"):
        code = code.replace(name, f"{current / name}{'/' if name.endswith('/') else ''}")
    exec(compile(code, "docs/connect.md", "exec"), names)
    return names


def ran(code: str, current: Path) -> Figures:
    """The figures that an example leaves as `frame`, having drawn its chart."""
    frame = done(code, current)["frame"]
    rows = frame.rows() if hasattr(frame, "rows") else list(frame.itertuples(index=False, name=None))
    assert Path("cost.png").read_bytes().startswith(PICTURE)
    return [(getattr(day, "date", lambda day=day: day)(), value, status) for day, value, status in rows]


@pytest.mark.parametrize("heading", ["Python with duckdb", "Python with SQLAlchemy", "Python with ADBC"])
def test_python_shows_the_published_figures(heading: str, current: Path, figures: Figures) -> None:
    [code] = examples(heading, "python")

    assert ran(code, current) == figures


@pytest.fixture(scope="module")
def exported(acme: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the export that a version has where its portfolio asks for it."""
    folder = tmp_path_factory.mktemp("exported")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{served(acme.home)}' as candidate (read_only)")
        write_parquet(connection, folder)
    return folder


@pytest.mark.parametrize("number", [0, 1], ids=["pandas", "polars"])
@pytest.mark.usefixtures("current")
def test_parquet_shows_the_published_figures(number: int, exported: Path, figures: Figures) -> None:
    assert ran(examples("pandas and polars", "python")[number], exported) == figures


def test_the_command_line_shows_the_published_figures(current: Path, figures: Figures) -> None:
    [line] = examples("DuckDB's command line", "sh")

    shown = shell(line.replace("duckdb ", "duckdb -no-init -csv ", 1), current)

    found = [(row["quarter"], float(row["cost"]), row["status"]) for row in csv.DictReader(io.StringIO(shown))]
    assert found == [(f"{day:%Y-%m}", float(math.floor(value + 0.5)), status) for day, value, status in figures]
    assert max(row["chart"].strip().count("█") for row in csv.DictReader(io.StringIO(shown))) == 30


def test_psql_shows_the_published_figures(
    acme: Refreshed, figures: Figures, postgres: Server, database: str, tmp_path: Path
) -> None:
    version = versions.served(acme.home)
    assert version is not None
    mirror.mirror(version, mirror.Target(postgres.url(database), PASSWORD))
    [line] = examples("psql and other PostgreSQL clients", "sh")

    shown = shell(line, tmp_path, MIRROR=postgres.url(database), PGPASSWORD=PASSWORD)

    found = [tuple(row.values()) for row in csv.DictReader(io.StringIO(shown))]
    assert [(datetime.date.fromisoformat(day), float(value), status) for day, value, status in found] == figures


FORBIDDEN = (
    "create table core.mine (a integer)",
    "select * from read_text('/etc/hostname')",
    "set lock_configuration = false",
)


@pytest.mark.parametrize("sql", FORBIDDEN)
@pytest.mark.parametrize("heading", ["Python with duckdb", "Python with SQLAlchemy", "Python with ADBC"])
def test_an_example_s_connection_writes_nothing_and_reads_no_other_file(heading: str, sql: str, current: Path) -> None:
    [code] = examples(heading, "python")
    harmful = re.sub(r'QUERY = """.*?"""', f"QUERY = {sql!r}", code, flags=re.DOTALL)
    assert harmful != code

    with pytest.raises(Exception, match=r"read-only|disabled by configuration|has been locked"):
        done(harmful, current)


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_the_command_line_s_connection_writes_nothing_and_reads_no_other_file(sql: str, current: Path) -> None:
    [line] = examples("DuckDB's command line", "sh")
    harmful = re.sub(r'warehouse\.duckdb ".*"', f'warehouse.duckdb "{sql}"', line, flags=re.DOTALL)
    assert harmful != line

    with pytest.raises(subprocess.CalledProcessError) as raised:
        shell(harmful, current)
    assert re.search(r"read-only|disabled by configuration|has been locked", raised.value.stderr)


def test_sqlalchemy_sees_every_table_and_its_comments(acme: Refreshed) -> None:
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.pool import NullPool

    engine = create_engine(f"duckdb:///{served(acme.home)}", poolclass=NullPool, connect_args={"read_only": True})
    with engine.connect() as connection:  # an engine would open the file again for each question
        found = inspect(connection)
        for schema in ("core", "outcomes", "metrics", "audit"):
            columns = found.get_multi_columns(schema=schema)
            assert {(schema, table) for table in found.get_table_names(schema=schema)} == columns.keys()
            assert [
                key for key, comment in found.get_multi_table_comment(schema=schema).items() if not comment["text"]
            ] == []
            assert [(key, c["name"]) for key, listed in columns.items() for c in listed if not c.get("comment")] == []
            assert len(columns) > 20 or schema != "core"


def shell(line: str, folder: Path, **env: str) -> str:
    """What a command line of the page prints, with the programs of this environment."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        line, shell=True, cwd=folder, env=os.environ | env | {"PATH": path}, capture_output=True, text=True, check=True
    )
    return ended.stdout


def test_superset_is_told_every_column_of_a_table_and_what_it_means(acme: Refreshed, tmp_path: Path) -> None:
    said = outcomes("superset", tmp_path / "outcomes.zip", home=acme.homes, portfolio=acme.folder)
    assert said.exit_code == 0, said.err
    with zipfile.ZipFile(tmp_path / "outcomes.zip") as archive:
        datasets = [yaml.safe_load(archive.read(name)) for name in archive.namelist() if "/datasets/" in name]

    for dataset in (d for d in datasets if d["sql"] is None):
        published = acme.read(
            "select column_name, comment from duckdb_columns() where database_name = current_database() "
            f"and schema_name = '{dataset['schema']}' and table_name = '{dataset['table_name']}' order by column_index"
        )
        assert [(c["column_name"], c["description"]) for c in dataset["columns"]] == published
