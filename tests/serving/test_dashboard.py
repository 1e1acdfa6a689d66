"""What the page carries: chart files and packed columns."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from serving import words
from serving.dashboard import embedded
from serving.dashboard.declared import ChartError, Section, charts
from tests.serving.modules import Modules

NUMBERS = (0.0, 1.0, -1.0, 0.5, -0.26, 12.34, -99.95, 999.99, 1000.0, -1234.5, 1234567.0, -98765432.1)
CHART = """
section: outcomes
place: 1
kind: trend
metric: nps
title: "It stood at {value}."
missing: "It is not measured: no answers are known."
few: "Too few to tell."
"""
RANKING = """
section: todo
place: 1
kind: ranking
title: "These are the parts."
missing: "There are none."
query: select 'a' as part, 1 as cost, 1 as deliverables
narrows: {chart: all, by: [part]}
encoding: {part: part, amount: cost, count: deliverables}
columns:
  part: {label: Part, unit: text}
  cost: {label: Cost, unit: money}
  deliverables: {label: Deliverables, unit: count}
"""
LIST = """
section: todo
place: 2
kind: table
title: "This is the list."
missing: "It is empty."
query: select 'a' as part
columns:
  part: {label: Part, unit: text, choose: true}
"""


def write(folder: Path, text: str, **others: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, said in {"one": text, **others}.items():
        (folder / f"{name}.yml").write_text(said)
    return folder


# the files of charts


def test_every_section_has_a_chart() -> None:
    assert {chart.section for chart in charts()} == set(Section)


def test_every_metric_of_a_tile_has_a_chart_that_draws_it() -> None:
    drawn = {chart.metric for chart in charts() if chart.kind == "trend"}
    named = {metric for chart in charts() for tile in chart.tiles for metric in tile.metrics}
    assert named - drawn == set()


def test_every_title_is_a_sentence() -> None:
    assert [chart.name for chart in charts() if not re.fullmatch(r"[A-Z{].*[.?]", chart.title)] == []


def test_every_chart_that_can_be_empty_says_so_in_a_sentence() -> None:
    lacking = [
        chart.name
        for chart in charts()
        if not chart.missing and chart.kind not in ("hidden", "events", "facts", "answer")
    ]
    assert lacking == []


@pytest.mark.parametrize(
    ("text", "change", "named"),
    [
        (CHART, ("kind: trend", "kind: pie"), "kind"),
        (CHART, ("metric: nps", "metric: n'ps"), "metric"),
        (CHART, ("metric: nps", ""), "metric"),
        (CHART, ('missing: "It is not measured: no answers are known."', ""), "missing"),
        (CHART, (": no answers are known", ""), "`missing` of a trend must say why"),
        (CHART, ('few: "Too few to tell."', ""), "few"),
        (CHART, ("place: 1", "place: 1\ncolour: red"), "colour"),
        (CHART, ("section: outcomes", "- section"), "YAML"),
        (CHART, ("metric: nps", "metric: nps\nreads: {goals: all}"), "reads names goals"),
        (RANKING, ("query: select 'a' as part, 1 as cost, 1 as deliverables", ""), "query"),
        (RANKING, (", count: deliverables}", "}"), "encoding must name count"),
        (RANKING, ("count: deliverables}", "count: number}"), "encoding names number"),
        (RANKING, ("unit: money", "unit: apples"), "columns.cost.unit"),
        (RANKING, ("unit: money", "unit: money, status: gone"), "status names gone"),
        (RANKING, ("narrows: {chart: all, by: [part]}", ""), "choosing a part needs an effect"),
        (RANKING, ("chart: all", "chart: gone"), "the chart gone"),
        (RANKING, ("by: [part]", "by: [colour]"), "all has no column colour"),
    ],
)
def test_a_chart_that_is_declared_wrong_is_named_with_its_key(
    tmp_path: Path, text: str, change: tuple[str, str], named: str
) -> None:
    assert change[0] in text
    folder = write(tmp_path / "charts", text.replace(*change), all=LIST)
    with pytest.raises(ChartError, match=re.escape(named)) as error:
        charts(folder)
    assert str(folder / "one.yml") in str(error.value)


def test_a_chart_that_another_reads_must_name_what_is_read(tmp_path: Path) -> None:
    opening = """
section: answer
place: 1
kind: answer
title: "How much was delivered."
query: select 1 as a
reads: {parts: all}
encoding: {count: a, amount: a, costed: a, incomplete: a, status: a}
columns:
  a: {unit: count}
"""
    folder = write(tmp_path / "charts", opening, all=LIST)
    with pytest.raises(
        ChartError, match=r"reads\.parts: the encoding of all does not name amount, comparable, count, part"
    ):
        charts(folder)


def test_a_trend_reads_the_values_of_its_metric(tmp_path: Path) -> None:
    [trend] = charts(write(tmp_path / "charts", CHART))
    assert trend.query == "select * from trends where metric_name = 'nps'"


def test_a_chart_that_a_file_adds_is_on_the_page_without_more(tmp_path: Path) -> None:
    assert [chart.name for chart in charts(write(tmp_path / "charts", CHART))] == ["one"]


# packing


@pytest.mark.parametrize(
    ("values", "packed"),
    [
        ([3, 3, 3], {"c": 3}),
        ([3, None], {"v": [3, None]}),
        ([], {"v": []}),
        ([[1], [1]], {"c": [1]}),
        ([1, 1, 1, 1, 2, 2, 2, 2], {"r": [1, 4, 2, 4]}),
        ([4, 5, 6, 7, 8, 9], {"v": [4, 5, 6, 7, 8, 9]}),
        ([4, 5, 6, 7, 8, 9, 10], {"a": [4, 1, 1, 6]}),
        ([4, 5, 6, 7, None, 9, 10], {"v": [4, 5, 6, 7, None, 9, 10]}),
        ([[1], [2], None], {"v": [[1], [2], None]}),
        ([[1], None, [1], [1], None, [1]], {"d": [[1], None], "v": [0, 1, 0, 0, 1, 0]}),
    ],
)
def test_a_column_is_kept_as_short_as_it_can_be_told(
    modules: Modules, values: list[Any], packed: dict[str, Any]
) -> None:
    assert embedded.constant(values) == packed
    assert modules.run("chart", f"(its, given) => its.unpack(given, {len(values)})", packed) == values


def test_a_column_that_says_what_another_says_refers_to_it() -> None:
    column = {"v": [1, 2]}
    assert embedded.told_once({"a": column, "b": dict(column)}) == {"a": column, "b": {"s": "a"}}


def test_texts_that_repeat_are_kept_once() -> None:
    assert embedded.listed(["a", "b", "a", None, "a", "b"]) == {"d": ["a", "b", None], "v": [0, 1, 0, 2, 0, 1]}


@pytest.mark.parametrize("unit", ["share", "currency", "points", "score", "count", "days"])
@pytest.mark.parametrize("value", NUMBERS)
def test_a_figure_is_kept_as_precise_as_it_is_written(value: float, unit: str) -> None:
    kept = embedded.rounded(value, unit)
    assert kept is not None
    assert words.quantity(kept, unit, "USD") == words.quantity(value, unit, "USD")


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_no_number_is_kept_as_nothing(value: float | None) -> None:
    assert embedded.rounded(value, "count") is None


def test_only_links_of_the_web_are_kept() -> None:
    with duckdb.connect() as connection:
        carried = embedded.Carried()
        packer = embedded._Packer(carried, {})  # pyright: ignore[reportPrivateUsage]
        assert connection
    packed = packer.column(["https://a.b/1", "javascript:alert(1)", None, "https://a.b/2"], "link")
    assert packed == {"p": "https://a.b/", "v": ["1", None, None, "2"]}


@pytest.mark.parametrize(
    ("judged", "opens"),
    [
        ({("fiscal_year", date(2025, 1, 1))}, "year-2025"),
        ({("fiscal_year", date(2024, 1, 1))}, "year-2024"),
        ({("fiscal_year", date(2026, 1, 1))}, "all"),
        (set[Any](), "all"),
    ],
)
def test_the_page_opens_where_the_latest_full_year_can_be_judged(judged: set[Any], opens: str) -> None:
    periods = [embedded.Period("all", "all", None, None, False)]
    for year, is_partial in ((2026, True), (2025, False), (2024, False)):
        start, end = date(year, 1, 1), date(year + 1, 1, 1)
        periods.append(embedded.Period(f"year-{year}", "fiscal_year", start, end, is_partial))
    assert periods[embedded.default_period(periods, judged)].key == opens


def test_members_of_one_name_are_told_apart_by_their_id() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            """create schema core;
            create table core.dim_team as select * from (values
                (1, 'T-1', 'Otter', true), (2, 'T-2', 'Otter', true), (3, 'T-3', 'Lynx', true), (3, 'T-3', 'Otter', false)
            ) as teams (team_key, team_id, team_name, is_latest)"""
        )
        found = embedded.members(connection, {})
    assert [name for dimension, *_, name in found if dimension == "team"] == ["Lynx", "Otter (T-1)", "Otter (T-2)"]
