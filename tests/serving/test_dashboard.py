"""What the page carries and how it is written: chart files, packed columns, numbers by locale, CSV that runs nothing."""

import json
import re
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Page

from serving import words
from serving.dashboard import embedded
from serving.dashboard.assembly import FOLDER, number_format
from serving.dashboard.declared import ChartError, Section, charts

LOCALES = ("en", "en_GB", "de", "de_CH", "fr", "fr_CH", "hi", "sv", "pt_BR", "ja", "pl", "nb")
CURRENCIES = ("USD", "EUR", "CHF", "JPY", "MANA")
NUMBERS = (0.0, 1.0, -1.0, 0.5, -0.26, 12.34, -99.95, 999.99, 1000.0, -1234.5, 1234567.0, -98765432.1)
CHART = """
section: outcomes
place: 1
kind: trend
metric: nps
title: "It stood at {value}."
missing: "It is not measured."
query: select * from metrics.fct_metric_values
encoding: {value: value}
columns:
  value: {label: Value, unit: number}
"""


@pytest.fixture(scope="module")
def scripted(browser: Browser) -> Generator[Page]:
    """A page that has the functions of `js/` that write, and no version's data."""
    context = browser.new_context()
    page = context.new_page()
    data = {"format": number_format("en", "USD"), "charts": [], "periods": [], "members": [], "days": []}
    page.set_content(f'<script type="application/json" id="data">{json.dumps(data)}</script>')
    yield page
    context.close()


def run(page: Page, code: str, given: Any = None, **data: Any) -> Any:
    """What `code` returns, with the data's keys replaced and `given` at hand."""
    page.evaluate("data => { document.getElementById('data').textContent = JSON.stringify(data) }", {
        "format": number_format("en", "USD"), "charts": [], "periods": [], "members": [], "days": []
    } | data)  # fmt: skip
    source = "\n".join((FOLDER / "js" / f"{name}.js").read_text() for name in ("data", "format", "table"))
    return page.evaluate(f"given => {{ {source}\n return ({code})(given) }}", given)


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "one.yml").write_text(text)
    return folder


# the files of charts


def test_every_section_has_a_chart() -> None:
    assert {chart.section for chart in charts()} == set(Section)


def test_every_title_is_a_sentence() -> None:
    assert [chart.name for chart in charts() if not re.fullmatch(r"[A-Z{].*[.?]", chart.title)] == []


def test_every_chart_that_can_be_empty_says_so_in_a_sentence() -> None:
    lacking = [chart.name for chart in charts() if not chart.missing and chart.kind not in ("hidden", "facts")]
    assert lacking == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("kind: trend", "kind: pie"), "kind"),
        (("encoding: {value: value}", "encoding: {}"), "encoding must name value"),
        (("encoding: {value: value}", "encoding: {value: amount}"), "encoding names amount"),
        (('missing: "It is not measured."', ""), "missing"),
        (("unit: number", "unit: apples"), "columns.value.unit"),
        (("place: 1", "place: 1\ncolour: red"), "colour"),
        (("section: outcomes", "- section"), "YAML"),
    ],
)
def test_a_chart_that_is_declared_wrong_is_named_with_its_key(
    tmp_path: Path, change: tuple[str, str], named: str
) -> None:
    folder = write(tmp_path / "charts", CHART.replace(*change))
    with pytest.raises(ChartError, match=re.escape(named)) as error:
        charts(folder)
    assert str(folder / "one.yml") in str(error.value)


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
        ([[1], [2], None], {"v": [[1], [2], None]}),
        ([[1], None, [1], [1], None, [1]], {"d": [[1], None], "v": [0, 1, 0, 0, 1, 0]}),
    ],
)
def test_a_column_is_kept_as_short_as_it_can_be_told(scripted: Page, values: list[Any], packed: dict[str, Any]) -> None:
    assert embedded.constant(values) == packed
    assert run(scripted, f"given => unpack(given, {len(values)})", packed) == values


def test_a_column_that_says_what_another_says_refers_to_it() -> None:
    column = {"v": [1, 2]}
    assert embedded.told_once({"a": column, "b": dict(column)}) == {"a": column, "b": {"s": "a"}}


def test_texts_that_repeat_are_kept_once() -> None:
    assert embedded.listed(["a", "b", "a", None, "a", "b"]) == {"d": ["a", "b", None], "v": [0, 1, 0, 2, 0, 1]}


@pytest.mark.parametrize("unit", ["share", "currency", "points", "count", "days"])
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


# writing


@pytest.mark.parametrize("locale", LOCALES)
def test_the_script_writes_numbers_as_words_does(scripted: Page, locale: str) -> None:
    wanted: list[str] = []
    found: list[str] = []
    for currency in CURRENCIES:
        places = words.places(currency)
        given = [
            [embedded.rounded(value, unit, places), unit]
            for unit in ("share", "currency", "points", "count")
            for value in NUMBERS
        ]
        wanted += [
            words.quantity(value, unit, currency, locale)
            for unit in ("share", "currency", "points", "count")
            for value in NUMBERS
        ]
        found += run(
            scripted,
            "given => given.map(([value, unit]) => quantity(value, unit))",
            given,
            format=number_format(locale, currency),
        )
    assert found == wanted


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"),
        ("\r=1", '"\'\r=1"'),
        ('say "hi", you', '"say ""hi"", you"'),
        ("two\nlines", '"two\nlines"'),
    ],
)
def test_a_cell_of_a_csv_is_no_formula(scripted: Page, text: str, cell: str) -> None:
    assert run(scripted, "text => csvCell(text, { unit: 'text' })", text) == cell


def test_a_number_in_a_csv_stays_a_number(scripted: Page) -> None:
    assert run(scripted, "() => csvCell(-1234.5, { unit: 'money' })") == "-1234.5"


def test_what_is_not_known_sorts_last_whichever_way(scripted: Page) -> None:
    code = """sort => sorted({ has: () => true, columns: { a: [2, null, 1] } }, [0, 1, 2], sort)"""
    assert [run(scripted, code, sort) for sort in ("a", "-a")] == [[2, 0, 1], [0, 2, 1]]
