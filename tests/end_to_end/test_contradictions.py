"""No figure of a small portfolio contradicts another, and nothing is claimed about missing data."""

import shutil
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser

from serving.dashboard import assembly
from serving.figures import Score, scores
from serving.page import draw_version
from tests.end_to_end import contradictions
from tests.end_to_end.contradictions import Published, faults
from tests.end_to_end.harness import served
from tests.end_to_end.pages import Oracle

pytestmark = pytest.mark.xdist_group("tiny")


@pytest.fixture
def home(kept: Path, tmp_path: Path) -> Path:
    """A copy of tiny's home that a test may spoil, as far as it is read here."""
    shutil.copytree(kept / "serve" / "current", tmp_path / "serve" / "current", copy_function=shutil.copyfile)
    shutil.copyfile(kept / "index.html", tmp_path / "index.html")
    return tmp_path


@pytest.fixture
def found(home: Path, browser: Browser) -> Generator[Any]:
    """The faults of that home in a few states of its page, at the first time of asking."""
    opened: list[Oracle] = []

    def ask(count: int = 2) -> list[str]:
        opened.append(Oracle(served(home)))
        return faults(browser, Published(opened[0], home, "EUR"), count, 3)

    yield ask
    for oracle in opened:
        oracle.connection.close()


def test_no_figure_contradicts_another_and_no_sentence_says_too_much(found: Any) -> None:
    assert found(20) == []


def test_a_mart_with_another_figure_is_found(home: Path, found: Any) -> None:
    with duckdb.connect(str(served(home))) as connection:
        connection.execute("update outcomes.shift_to_outcomes set on_time_rate = 0.123 where side = 'all'")
    told = found()
    assert told and all("On-time rate" in line and "outcomes.shift_to_outcomes" in line for line in told)


def test_a_mart_with_another_status_is_found(home: Path, found: Any) -> None:
    with duckdb.connect(str(served(home))) as connection:
        connection.execute(
            "update outcomes.value_realization set on_time_rate_status = 'measured' where entity_id = 'I1'"
        )
    [told] = found()
    assert "'On-time rate', 'all time', ('initiative', 'I1')" in told


def test_a_scorecard_with_another_figure_is_found(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(connection: duckdb.DuckDBPyConnection) -> list[Score]:
        return [
            replace(score, values={"all": replace(value, value=(value.value or 0) + 1)})
            if score.metric.name == "delivered" and (value := score.values["all"])
            else score
            for score in scores(connection)
        ]

    monkeypatch.setattr(contradictions, "scores", spoilt)
    [told] = found()
    assert "'Deliverables delivered', 'all time', ('total', 'total')" in told and "status" in told


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        pytest.param(
            "this.write(this.value) : ''",
            "this.write(this.value / 2) : ''",
            "page: tiles",
            id="a figure that is computed in the browser",
        ),
        pytest.param(
            "el('p', { class: 'label' }, metric.label,",
            "el('p', { class: 'label' }, metric.label.replace('Revenue', 'Cost'),",
            "page: revenue",
            id="a figure under another metric's label",
        ),
        pytest.param(
            "status === null || status === 'measured'", "true", "page: initiatives", id="a status that is not said"
        ),
        pytest.param(
            "this.label.replaceChildren(metric.label,",
            "this.label.replaceChildren(metric.label.replace('Cost', 'Revenue'),",
            "page: tiles",
            id="a tile",
        ),
        pytest.param("isMeasured, all, cost,", "isMeasured, all: all + 1, cost,", "page: answer", id="a sentence"),
        pytest.param(
            "return { missing, few }[this.look]",
            "return { missing }[this.look]",
            "csat has too few",
            id="a headline of too few",
        ),
        pytest.param(
            "el('li', {}, filled(chart.missing, period))",
            "el('li', {}, filled(chart.missing.split(':')[0], period))",
            "no reason: ",
            id="not measured without a reason",
        ),
    ],
)
def test_a_page_that_says_otherwise_is_found(
    home: Path, found: Any, monkeypatch: pytest.MonkeyPatch, old: str, new: str, where: str
) -> None:
    script = assembly.script()
    assert script.count(old) == 1
    monkeypatch.setattr(assembly, "script", lambda: script.replace(old, new))
    (home / "index.html").write_text(draw_version(home / "serve" / "current"))
    assert [line for line in found() if where in line]
