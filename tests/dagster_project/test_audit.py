"""What the audit hands to its second process."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dagster_project import audit, measure
from expectations.records import NO_AUDIT
from sources.common.limits import Limits


@pytest.mark.parametrize("served", [None, SimpleNamespace(database=Path("served.duckdb"))])
def test_metrics_are_compared_with_what_is_served(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    class Pool:
        def submit(self, _: Callable[..., Any], *arguments: Any) -> Future[list[Any]]:
            asked.append(arguments)
            done = Future[list[Any]]()
            done.set_result([])
            return done

    monkeypatch.setattr(audit, "auditor", Pool)
    monkeypatch.setattr(audit, "run_recomputations", lambda *_: [])
    monkeypatch.setattr(audit.versions, "served", lambda home: served if home == Path("home") else None)
    space = SimpleNamespace(warehouse=Path("w.duckdb"), stage=Path("s.duckdb"), limits=Limits(1_000_000_000, 2))

    run: Any = SimpleNamespace(
        space=space, compiled=[], prints={}, published_home=Path("home"), audited_before=NO_AUDIT, made=None
    )

    audit.audit(run)

    [(warehouse, stage, metrics, _, _, before, *_)] = asked
    assert (warehouse, stage, metrics) == (space.warehouse, space.stage, measure.metrics())
    assert before == (served and Path("served.duckdb"))
