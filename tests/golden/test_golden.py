"""Every metric against figures computed by hand, by the real models, MetricFlow's SQL and the recomputation.

A file is a small portfolio and the figures that follow from it; its rows are told apart by member or by month, so that
one portfolio holds a metric's cases: nothing there, one row, n at the minimum, ties, the edges of its formula.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from dagster_project import dbt_runner, measure
from dagster_project.settings import Portfolio
from expectations import landed
from expectations.recomputations import comparison_sql
from tests.expectations.builds import Load
from tests.golden.warehouse import measured

FOLDER = Path(__file__).parent / "cases"
FILES = sorted(path.stem for path in FOLDER.glob("*.yml"))
COVERS = [[date(2024, 1, 1), date(2025, 7, 1)]]
SETTINGS: dict[str, Any] = {
    "name": "golden", "title": "Golden", "reporting_currency": "EUR", "time_zone": "Europe/Berlin",
    "fiscal_year_start_month": 4, "as_of": date(2025, 6, 30),
}  # fmt: skip
KEYS = ("grain", "period_start", "dimension_name", "member_id")
EXACT = ("n", "n_excluded", "status", "is_partial")
CLOSE = {"value": 1e-9, "numerator": 1e-9, "denominator": 1e-9, "lower": 1e-6, "upper": 1e-6}


@dataclass(frozen=True)
class Golden:
    """The metrics of a file, its figures as (metric, cell) -> what is expected, and what was measured."""

    metrics: tuple[str, ...]
    expected: list[dict[str, str]]
    found: dict[tuple[str, ...], dict[str, Any]]
    disagreeing: list[tuple[Any, ...]]
    compared: dict[str, int] = field(default_factory=dict[str, int])


def rows(text: str) -> list[dict[str, Any]]:
    """The rows of CSV text; an empty field is NULL, and one that begins with # is left out.

    A row with a number in `times` stands for so many, told apart by `{}`, which counts them.
    """
    read = csv.DictReader(StringIO(text.strip()), skipinitialspace=True)
    found = [{k.strip(): v.strip() or None for k, v in row.items() if not k.startswith("#")} for row in read]
    return [
        {k: v.replace("{}", str(number)) if v else v for k, v in row.items() if k != "times"}
        for row in found
        for number in range(1, int(row.get("times") or 1) + 1)
    ]


@cache
def golden(name: str) -> Golden:
    """Measure one file's portfolio."""
    case: Mapping[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text())
    metrics = tuple(case.get("metrics", [name]))
    portfolio = Portfolio.model_validate(SETTINGS | case.get("settings", {}))
    covers = [[date.fromisoformat(str(day)) for day in span] for span in case.get("covers", [])] or COVERS
    defaults = case.get("defaults", {})
    loads = [
        Load(feed, [{**defaults.get(feed, {}), **{k: v for k, v in row.items() if v is not None}} for row in rows(text)],
             covers=covers)
        for feed, text in case["given"].items()
    ]  # fmt: skip
    settings = portfolio.build_settings(portfolio.now())
    connection = measured(loads, metrics, **settings)
    named = ", ".join(f"'{metric}'" for metric in metrics)
    values = connection.execute(f"select * from metrics.fct_metric_values where metric_name in ({named})")
    columns = [column[0] for column in values.description or []]
    found = {
        (row["metric_name"], *(str(row[key]) if row[key] is not None else "" for key in KEYS)): row
        for row in (dict(zip(columns, values_, strict=True)) for values_ in values.fetchall())
    }
    disagreeing: list[tuple[Any, ...]] = []
    compared: dict[str, int] = {}
    for metric in metrics:
        sql = comparison_sql(measure.metrics()[metric])
        landed.provide(connection, sql)
        cells = connection.execute(f"select * from ({sql})").fetchall()
        disagreeing += [(metric, *cell) for cell in cells if cell[-1] not in ("compared", "not_compared")]
        compared[metric] = sum(cell[-1] == "compared" for cell in cells)
    connection.close()
    return Golden(metrics, rows(case["expect"]), found, disagreeing, compared)


@pytest.mark.parametrize("name", FILES)
def test_figures_are_those_computed_by_hand(name: str) -> None:
    case = golden(name)
    wrong: list[str] = []
    for row in case.expected:
        metric = row.get("metric") or case.metrics[0]
        cell = (metric, *((row.get(key) or _default(key)) for key in KEYS))
        figure = case.found.get(cell)
        if row.get("status") == "absent":
            wrong += [f"{row}: there is {figure}"] if figure is not None else []
        elif figure is None:
            wrong.append(f"{row}: no such cell; there are {sorted(key for key in case.found if key[:2] == cell[:2])}")
        else:
            wrong += [f"{row}: {column} is {figure[column]}" for column in differences(row, figure)]
    assert not wrong, "\n".join(wrong)


def _default(key: str) -> str:
    return {"grain": "all", "period_start": "", "dimension_name": "total", "member_id": "total"}[key]


def differences(row: Mapping[str, str | None], figure: Mapping[str, Any]) -> list[str]:
    """The columns of an expected row that the figure says otherwise; an empty value is NULL, other empty ones are free."""
    differing = [c for c in EXACT if row.get(c) is not None and str(figure[c]).lower() != str(row[c]).lower()]
    for column, tolerance in CLOSE.items():
        text, value = row.get(column), figure[column]
        if text is None:
            differing += [column] if column == "value" and value is not None else []
        elif value is None or abs(float(Fraction(text)) - value) > tolerance * max(1, abs(float(Fraction(text)))):
            differing.append(column)
    return differing


@pytest.mark.parametrize("name", FILES)
def test_the_recomputation_says_the_same(name: str) -> None:
    case = golden(name)
    assert not case.disagreeing, "\n".join(map(str, case.disagreeing[:20]))
    measured_metrics = {row.get("metric") or case.metrics[0] for row in case.expected if row.get("value")}
    assert all(case.compared[metric] for metric in measured_metrics), f"nothing was compared: {case.compared}"


def test_every_metric_has_golden_cases() -> None:
    files = {name: yaml.safe_load((FOLDER / f"{name}.yml").read_text()) for name in FILES}
    held = {metric for name, case in files.items() for metric in case.get("metrics", [name])}
    assert set(measure.governed(dbt_runner.manifest())) == held


def test_every_file_names_the_source_of_its_formulas() -> None:
    for name in FILES:
        assert yaml.safe_load((FOLDER / f"{name}.yml").read_text()).get("source"), name
