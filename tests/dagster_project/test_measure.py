"""Compiling metrics: the answer is kept as long as the definitions stay, and does not hang on how dbt came by them."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project import dbt_runner, measure

KINDS = ("metrics", "saved_queries", "semantic_models")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each text that MetricFlow was asked to compile, which it is spared here."""
    asked: list[str] = []

    def compile_(text: str, requests: list[Any]) -> list[measure.Compiled]:
        asked.append(text)
        return [
            measure.Compiled(name, grain, path[-1], "__".join(path), f"select {len(asked)}", parts)
            for name, grain, path, parts, _ in requests
        ]

    monkeypatch.setattr(measure, "_compile", compile_)
    return asked


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    """A semantic manifest that a test may change."""
    path = tmp_path / "semantic_manifest.json"
    path.write_bytes(dbt_runner.semantic_manifest().read_bytes())
    return path


def compiled(definitions: Path) -> list[measure.Compiled]:
    return measure.compile_metrics(dbt_runner.manifest(), definitions, definitions.with_name("metrics.json"))


def test_the_same_definitions_are_compiled_once(definitions: Path, calls: list[str]) -> None:
    assert compiled(definitions) == compiled(definitions)
    assert len(calls) == 1


def test_other_definitions_are_compiled_anew(definitions: Path, calls: list[str]) -> None:
    before = compiled(definitions)
    definitions.write_text(definitions.read_text().replace("current_team_key", "team_key"))

    assert compiled(definitions) != before
    assert len(calls) == 2


def test_a_definition_that_changes_back_is_compiled_anew(definitions: Path, calls: list[str]) -> None:
    text = definitions.read_text()
    compiled(definitions)
    definitions.write_text(text.replace("current_team_key", "team_key"))
    compiled(definitions)
    definitions.write_text(text)
    compiled(definitions)

    assert len(calls) == 3
    assert calls[0] == calls[2] != calls[1]


def test_the_order_in_which_dbt_parsed_changes_nothing(definitions: Path, calls: list[str]) -> None:
    """A partial parse lists what changed last; the SQL, and so its fingerprint, must not follow."""
    before = compiled(definitions)
    manifest = json.loads(definitions.read_text())
    for kind in KINDS:
        random.Random(7).shuffle(manifest[kind])
    definitions.write_text(json.dumps(manifest))

    assert compiled(definitions) == before
    assert len(calls) == 1


def test_every_governed_metric_is_compiled_for_the_whole_portfolio() -> None:
    found = measure.compile_metrics(
        dbt_runner.manifest(), dbt_runner.semantic_manifest(), dbt_runner.TARGET / "metrics.json"
    )

    assert {entry.metric for entry in found if entry.dimension == "total"} == set(
        measure.governed(dbt_runner.manifest())
    )
    assert all(entry.sql.lower().startswith(("select", "with")) for entry in found)


def cells(stage: Path) -> list[int]:
    """How many cells the inputs of each round hold."""
    with duckdb.connect(str(stage), read_only=True) as connection:
        counts = [connection.execute(f"select count(*) from metricflow.{name}").fetchone() for name in measure.INPUTS]
        return [count[0] for count in counts if count]


def test_what_is_measured_again_by_itself_replaces_its_cells(tmp_path: Path) -> None:
    entries = [
        replace(
            entry,
            sql=f"select 1 as {', 1 as '.join(sorted({entry.metric, *entry.parts.values()}))}, 0 as {entry.member}, "
            f"date '2025-01-01' as metric_time__{entry.grain}",
        )
        for entry in measure.compile_project()
    ]
    late = sum(entry.is_second_round for entry in entries)
    build = tmp_path / "warehouse.duckdb", tmp_path / "stage.duckdb"
    for second in (False, True, False, True, True):
        measure.fill(*build, dbt_runner.manifest(), entries, {}, second=second)
    assert cells(build[1]) == [len(entries) - late, late]
