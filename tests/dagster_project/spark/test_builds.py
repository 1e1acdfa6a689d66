"""Every model and every statement of a metric has the rows of DuckDB on Spark, each from the tables that DuckDB built."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dagster_project import measure, model_runner
from tests.dagster_project.spark.adversarial import write_adversarial
from tests.dagster_project.spark.sides import both_sides, built_on_duckdb
from tests.end_to_end.harness import TINY, copy_portfolio

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]


def tiny(folder: Path) -> Path:
    return copy_portfolio(TINY, folder)


def adversarial(folder: Path) -> Path:
    folder.mkdir()
    return write_adversarial(folder)


@pytest.mark.parametrize(
    ("portfolio", "settings"),
    [
        (tiny, {"spark.sql.shuffle.partitions": "1", "spark.sql.adaptive.enabled": "false"}),
        (adversarial, {"spark.sql.shuffle.partitions": "7"}),
    ],
    ids=["tiny", "adversarial"],
)
def test_every_row_is_that_of_duckdb(
    portfolio: Callable[[Path], Path], settings: dict[str, str], session: Any, tmp_path: Path
) -> None:
    build = built_on_duckdb(portfolio(tmp_path / "portfolio"), tmp_path / "homes")
    before = {name: session.conf.get(name) for name in settings}
    try:
        for name, value in settings.items():
            session.conf.set(name, value)
        with both_sides(session, build, tmp_path) as sides:
            found = sides.of_models(model_runner.models().values())
            found |= sides.of_metrics(measure.compile_project())
    finally:
        for name, value in before.items():
            session.conf.set(name, value)

    assert found == {}
