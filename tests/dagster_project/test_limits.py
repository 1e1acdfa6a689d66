"""What a refresh may use of the machine: one value, kept by all its connections, and said where it does not suffice."""

import ast
import os
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from dagster_project import audit, model_runner, publishing
from dagster_project.settings import Portfolio, PortfolioError, Workspace, read_portfolio
from expectations.database import open_build
from expectations.records import NO_AUDIT, CheckRecord
from serving import copying
from sources.common.limits import Limits, explained, of_machine
from sources.reader import sandbox
from tests.end_to_end.harness import ROOT

SMALL = Limits(300_000_000, 1)
KEYS = "name: mine\ntitle: Mine\nreporting_currency: EUR\n"
# connections that need no limit, as they hold a few rows, or are no part of a refresh and have their own
UNLIMITED = {
    "expectations/lock.py": "one row per metric",
    "expectations/records.py": "one row per check",
    "sources/changes.py": "of outcomes diff",
    "sources/common/limits.py": "asks DuckDB what it would take",
    "sources/forgetting.py": "of outcomes forget",
    "sources/generated/__init__.py": "of outcomes generate",
    "sources/loads.py": "views and lists of loads",
    "sources/searching.py": "of outcomes forget",
    "serving/reader.py": "of readers; where a page is drawn, with limits",
}


def space(**keys: Any) -> Workspace:
    """A workspace of a portfolio with these keys."""
    declared = {"name": "mine", "title": "Mine", "reporting_currency": "EUR", **keys}
    return Workspace(folder=Path(), home=Path(), portfolio=Portfolio.model_validate(declared), key=None)


def settings_of(connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...] | None:
    """The limits that a connection has."""
    return connection.execute("select current_setting('memory_limit'), current_setting('threads')").fetchone()


@pytest.fixture(scope="module")
def out_of_memory() -> str:
    """What DuckDB says where its memory doesn't suffice."""
    config = {"memory_limit": "20MB", "temp_directory": ""}
    with duckdb.connect(config=config) as connection, pytest.raises(duckdb.OutOfMemoryException) as raised:
        connection.execute("create table big as select range, hash(range)::varchar from range(5000000)")
    return str(raised.value)


# ---- the value


def test_the_portfolio_says_how_much() -> None:
    assert space(memory_limit="12GB", threads=3).limits == Limits(12_000_000_000, 3)
    assert space(memory_limit="1.5 GiB").limits.memory == 1_610_612_736


def test_by_default_room_is_left_beside_what_duckdb_would_take() -> None:
    with duckdb.connect(config={"memory_limit": f"{space().limits.memory}B"}) as connection:
        [(limited,)] = connection.execute("select current_setting('memory_limit')").fetchall()
    with duckdb.connect() as connection:
        [(whole,)] = connection.execute("select current_setting('memory_limit')").fetchall()

    assert 0.7 < float(limited.split()[0]) / float(whole.split()[0]) < 0.8


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="a system without CPU affinity")
def test_by_default_it_uses_the_cpus_that_its_process_is_bound_to(monkeypatch: pytest.MonkeyPatch) -> None:
    of_machine.cache_clear()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    try:
        assert space().limits.threads == 1
    finally:
        of_machine.cache_clear()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("memory_limit: lots", "memory_limit: 'lots' is not an amount of memory, such as 12GB or 8GiB"),
        ("memory_limit: 60%", "memory_limit: '60%' is too little for a refresh"),
        ("memory_limit: 12", "memory_limit: 12 is too little for a refresh"),
        ("memory_limit: -1GB", "memory_limit: '-1GB' is not an amount of memory"),
        ("threads: 0", "threads: it must be at least 1 (it is 0)"),
        ("threads: many", "threads: it must be a whole number (it is many)"),
    ],
)
def test_a_limit_that_is_none_is_named(line: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "portfolio.yml").write_text(f"{KEYS}{line}\n")

    with pytest.raises(PortfolioError, match="To fix:") as raised:
        read_portfolio(tmp_path)
    assert named in str(raised.value)


# ---- kept


def test_landing_building_auditing_and_publishing_keep_to_it(tmp_path: Path) -> None:
    for name in ("warehouse", "stage"):
        duckdb.connect(str(tmp_path / f"{name}.duckdb")).close()
    files = tmp_path / "warehouse.duckdb", tmp_path / "stage.duckdb"

    with sandbox(tmp_path / "spill", tmp_path, limits=SMALL) as connection:
        assert settings_of(connection) == ("286.1 MiB", 1)
    with model_runner.open_build(*files, SMALL) as connection:
        assert settings_of(connection) == ("286.1 MiB", 1)
    with open_build(*files, SMALL) as connection:
        assert settings_of(connection) == ("286.1 MiB", 1)
    with copying.open_build(files[0], tmp_path / "spill", SMALL) as connection:
        assert settings_of(connection) == ("286.1 MiB", 1)


def test_two_processes_that_audit_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Limits] = []

    class Pool:
        def submit(self, _: Any, *arguments: Any) -> Future[Any]:
            given.append(next(given for given in arguments if isinstance(given, Limits)))
            done: Future[Any] = Future()
            done.set_result([])
            return done

    def here(*arguments: Any) -> list[Any]:
        given.append(next(given for given in arguments if isinstance(given, Limits)))
        return []

    monkeypatch.setattr(audit, "auditor", Pool)
    monkeypatch.setattr(audit, "run_recomputations", here)
    run: Any = SimpleNamespace(
        space=space(memory_limit="8GB"),
        published_home=Path("nowhere"),
        compiled=[],
        prints={},
        audited_before=NO_AUDIT,
        made=None,
    )

    assert audit.audit(run) == []
    # the auditor's, and the recomputations here beside it
    assert [limits.memory for limits in given] == [4_000_000_000] * 2


def test_sources_land_side_by_side_as_far_as_each_has_enough() -> None:
    found = [Limits(2_000_000_000, 4).side_by_side(sources) for sources in (0, 1, 3, 9)]

    assert found == [1, 1, 3, 3]


def test_no_connection_of_a_refresh_goes_without_it() -> None:
    found = set[str]()
    for package in ("sources", "expectations", "serving", "dagster_project"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                is_connect = isinstance(node, ast.Call) and ast.unparse(node.func) == "duckdb.connect"
                if is_connect and "config" not in ast.unparse(node):
                    found.add(path.relative_to(ROOT).as_posix())

    assert found <= UNLIMITED.keys()


# ---- where it doesn't suffice


def test_too_little_memory_is_said_with_what_to_do(out_of_memory: str) -> None:
    said = explained(f"version 01 could not be written ({out_of_memory}). To fix: free disk space.")

    assert "Out of Memory Error" in said
    assert said.count("To fix:") == 1
    assert "To fix: raise memory_limit in portfolio.yml" in said
    assert "SET memory_limit" not in said
    assert "free disk space" not in said


def test_a_disk_on_which_nothing_more_can_be_spilled_is_said(tmp_path: Path) -> None:
    with duckdb.connect(config={"memory_limit": "20MB", "temp_directory": str(tmp_path)}) as connection:
        connection.execute("set max_temp_directory_size = '1MB'")
        with pytest.raises(duckdb.OutOfMemoryException) as raised:
            connection.execute("create table big as select range, hash(range)::varchar from range(5000000)")

    assert "To fix: free disk space" in explained(str(raised.value))


def test_any_other_error_is_left_as_it_is() -> None:
    assert explained("no such table. To fix: fix the model.") == "no such table. To fix: fix the model."


def test_a_check_that_needs_more_memory_says_so(out_of_memory: str) -> None:
    observed = " ".join(out_of_memory.split())[:300]
    record = CheckRecord(
        check_name="sums", suite="dbt", object_name="core.fct", severity="fail", status="error", observed=observed
    )

    assert "raise memory_limit" in publishing.describe(record)
    assert "outcomes check --rows" not in publishing.describe(record)
