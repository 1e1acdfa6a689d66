"""The pure parts of the page's script: how it writes, what an address means, which rows are shown, found and saved."""

from typing import Any

import pytest

from serving import words
from serving.dashboard import embedded
from serving.dashboard.assembly import number_format
from tests.serving.modules import Modules, chart

LOCALES = ("en", "en_GB", "de", "de_CH", "fr", "fr_CH", "hi", "sv", "pt_BR", "ja", "pl", "nb")
CURRENCIES = ("USD", "EUR", "CHF", "JPY", "MANA")
NUMBERS = (0.0, 1.0, -1.0, 0.5, 0.04, -0.0026, -0.26, 12.34, -99.95, 999.99, 1000.0, -1234.5, 1234567.0, -98765432.1)
UNITS = ("share", "money", "points", "score", "multiple", "count", "number", "days", "percentage_points")
ALL, YEAR, EARLIER, QUARTER, EARLIER_QUARTER, MONTH = range(6)
WHOLE, OTTER, LYNX, BRIDGE, PILOT, REST = range(6)


# writing


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_page_writes_figures_as_words_does(modules: Modules, locale: str, currency: str) -> None:
    given = [
        [embedded.rounded(value, unit, words.places(currency)), unit, words.quantity(kept, unit, currency, locale)]
        for unit in UNITS
        for value in NUMBERS
        if (kept := embedded.rounded(value, unit, words.places(currency))) is not None
    ]
    code = "(its, given) => given.map(([value, unit]) => its.quantity(value, unit))"
    found = modules.run("format", code, given, format=number_format(locale, currency))
    assert found == [written for *_, written in given]


@pytest.mark.parametrize(
    ("value", "column", "written"),
    [
        (None, {"unit": "money"}, "–"),
        (None, {"unit": "money", "none": "not known"}, "not known"),
        (1, {"unit": "flag"}, "yes"),
        (0, {"unit": "flag"}, "no"),
        (3, {"unit": "day"}, "day 2025-01-01"),
        ("a < b", {"unit": "text"}, "a < b"),
        (0.5, {"unit": "share"}, "50%"),
    ],
)
def test_a_cell_is_written_by_its_column(modules: Modules, value: Any, column: dict[str, str], written: str) -> None:
    assert modules.run("format", "(its, [value, column]) => its.written(value, column)", [value, column]) == written


@pytest.mark.parametrize(
    ("period", "title"),
    [
        (ALL, "It was 5% over all time, by now."),
        (EARLIER, "It was 5% in 2024, by the end of 2024."),
        (QUARTER, "It was 5% from Jan to Mar 2025, by the end of Mar 2025."),
    ],
)
def test_a_title_names_figure_and_period(modules: Modules, period: int, title: str) -> None:
    code = "(its, period) => its.filled('it was {value} {during}, {until}.', period, '5%')"
    assert modules.run("format", code, period) == title


@pytest.mark.parametrize(
    ("parts", "listed"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_parts_are_listed_in_words(modules: Modules, parts: list[str], listed: str) -> None:
    assert modules.run("format", "(its, parts) => its.listing(parts)", parts) == listed


def test_the_year_before_is_called_so(modules: Modules) -> None:
    code = f"its => [its.beforeOf({YEAR}, {EARLIER}), its.beforeOf({YEAR}, {QUARTER})]"
    assert modules.run("format", code) == ["A year before", "In comparison"]


# what is chosen

START: dict[str, Any] = {
    "period": YEAR, "member": WHOLE, "open": None, "beside": [], "against": None, "unfolded": [], "lists": {},
}  # fmt: skip
STATES: list[dict[str, Any]] = [
    START,
    START | {"period": ALL},
    START | {"period": QUARTER, "member": LYNX, "open": BRIDGE},
    START | {"lists": {"one": {"q": "a&b=c #d", "sort": "-x"}}},
    START | {"unfolded": ["outcomes", "trust"]},
    START | {"beside": [LYNX, OTTER], "against": EARLIER},
]


@pytest.mark.parametrize("state", STATES)
def test_an_address_keeps_what_is_chosen(modules: Modules, state: dict[str, Any]) -> None:
    code = "(its, state) => its.parse(its.address(state))"
    assert modules.run("state", code, state, charts=[chart("one", [])]) == state


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "#trust",
            "#period=never",
            "#by=team&of=nobody",
            "#open=nothing",
            "#nope.q=1",
            "#__proto__.q=1",
            "#one=1",
        ),
        *("#show=nope", "#beside=team+nobody", "#beside=nope+T-1", "#against=never"),
    ],
)
def test_an_address_that_means_nothing_is_the_start(modules: Modules, address: str) -> None:
    code = "(its, address) => its.parse(address)"
    assert modules.run("state", code, address, charts=[chart("one", [])]) == START


def test_no_more_members_are_drawn_than_have_a_look_of_their_own(modules: Modules) -> None:
    members = [["total", "total", "The whole portfolio"], *(["team", f"T-{n}", f"Team {n}"] for n in range(9))]
    code = "its => [its.parse('#beside=team+' + [0, 1, 2, 3, 4, 5].map(n => `T-${n}`).join('+')).beside.length, its.MOST_BESIDE]"
    assert modules.run("state", code, members=members) == [4, 4]


@pytest.mark.parametrize(("against", "compared"), [(None, EARLIER), (QUARTER, QUARTER)])
def test_a_period_is_compared_with_the_one_that_the_reader_chose(
    modules: Modules, against: int | None, compared: int
) -> None:
    code = f"(its, against) => its.comparedOf({{ period: {YEAR}, against }})"
    assert modules.run("state", code, against) == compared


def test_unfolding_a_section_is_kept_in_the_address_and_is_no_step_back(modules: Modules) -> None:
    code = (
        "its => { const before = history.length; its.unfold('trust'); return [location.hash, history.length - before] }"
    )
    assert modules.run("state", code) == ["#show=trust", 0]


def test_the_page_opens_with_what_its_address_says(modules: Modules) -> None:
    assert modules.run("state", "its => its.chosen().period", address="#period=all") == ALL


def test_a_choice_is_told_and_stands_in_the_address(modules: Modules) -> None:
    code = f"its => {{ const told = []; its.onChoice(state => told.push(state.member)); its.choose({{ member: {OTTER} }}); return [told, location.hash] }}"
    assert modules.run("state", code) == [[OTTER], "#by=team&of=T-1"]


def test_an_empty_choice_of_a_list_is_taken_back(modules: Modules) -> None:
    code = "its => { its.chooseIn('one', { q: 'a' }); its.chooseIn('one', { q: '' }); return its.chosen().lists.one }"
    assert modules.run("state", code, charts=[chart("one", [])]) == {}


# rows of what is chosen


def chosen(modules: Modules, rows: list[dict[str, Any]], period: int, member: int) -> list[str]:
    """The ids of a chart's rows for a period and a member."""
    code = "(its, state) => { const it = its.CHARTS.get('one'); return it.chosen(state).map(row => it.get('id', row)) }"
    return modules.run("chart", code, {"period": period, "member": member}, charts=[chart("one", rows)])


PERIODIC = [{"id": f"{period}/{member}", "period": period, "member": member} for period in (ALL, YEAR) for member in (WHOLE, OTTER)]  # fmt: skip
HAPPENED = [
    {"id": "day", "happened_on": 3},
    {"id": "days", "happened_on": [0, 5]},
    {"id": "earlier", "happened_on": 1},
    {"id": "never", "happened_on": None},
    {"id": "after", "happened_on": 6},
]
RUNS = [
    {"id": "inside", "runs_from": 4, "runs_to": 5},
    {"id": "around", "runs_from": 0, "runs_to": 6},
    {"id": "before", "runs_from": 0, "runs_to": 2},
    {"id": "last day", "runs_from": 0, "runs_to": 3},
    {"id": "open", "runs_from": None, "runs_to": None},
    {"id": "after", "runs_from": 6, "runs_to": None},
]
OF = [
    {"id": "otter", "team": OTTER},
    {"id": "both", "team": [OTTER, LYNX]},
    {"id": "lynx", "team": LYNX},
    {"id": "nobody", "team": None},
]


@pytest.mark.parametrize(
    ("rows", "period", "member", "ids"),
    [
        (PERIODIC, YEAR, WHOLE, [f"{YEAR}/{WHOLE}"]),
        (PERIODIC, ALL, OTTER, [f"{ALL}/{OTTER}"]),
        (PERIODIC, EARLIER, WHOLE, []),
        (HAPPENED, YEAR, WHOLE, ["day", "days"]),
        (HAPPENED, ALL, WHOLE, ["day", "days", "earlier", "never", "after"]),
        (RUNS, YEAR, WHOLE, ["inside", "around", "last day", "open"]),
        (OF, YEAR, OTTER, ["otter", "both"]),
        (OF, YEAR, WHOLE, ["otter", "both", "lynx", "nobody"]),
        (OF, YEAR, BRIDGE, ["otter", "both", "lynx", "nobody"]),
    ],
)
def test_rows_follow_what_is_chosen(
    modules: Modules, rows: list[dict[str, Any]], period: int, member: int, ids: list[str]
) -> None:
    assert chosen(modules, rows, period, member) == ids


@pytest.mark.parametrize(
    ("row", "follows"),
    [
        (PERIODIC[0], [True, True]),
        (HAPPENED[0], [True, False]),
        (RUNS[0], [True, False]),
        (OF[0], [False, True]),
        ({"id": "a"}, [False, False]),
    ],
)
def test_a_chart_knows_what_it_follows(modules: Modules, row: dict[str, Any], follows: list[bool]) -> None:
    code = f"its => {{ const it = its.CHARTS.get('one'); return [it.followsPeriod(), it.followsMember({OTTER})] }}"
    assert modules.run("chart", code, charts=[chart("one", [row])]) == follows


# rows of a metric


def metric(*rows: tuple[int, int, float | None, str], compare: str | None = None) -> dict[str, Any]:
    """A chart of a metric, of rows (period, member, value, status)."""
    told = [dict(zip(("period", "member", "value", "status"), row, strict=True)) for row in rows]
    return chart("one", told, kind="trend", metric="m", encoding={"value": "value"}, compare=compare)


def shown(modules: Modules, it: dict[str, Any], period: int, member: int = WHOLE) -> int | None:
    """The place of the row that a trend shows."""
    code = "(its, [period, member]) => its.shownRow(its.CHARTS.get('one'), period, member) ?? null"
    return modules.run("figures", code, [period, member], charts=[it])


MEASURED = "measured"
KNOWN = metric(
    (ALL, WHOLE, 0.5, MEASURED),
    (YEAR, WHOLE, None, "not_measured"),
    (QUARTER, WHOLE, 0.4, MEASURED),
    (EARLIER_QUARTER, WHOLE, 0.3, MEASURED),
    (ALL, OTTER, 0.2, MEASURED),
    (ALL, BRIDGE, 0.1, MEASURED),
    (YEAR, BRIDGE, 0.1, MEASURED),
)


@pytest.mark.parametrize(
    ("period", "member", "row"),
    [
        (ALL, WHOLE, 0),  # its own
        (YEAR, WHOLE, 1),  # its own, though nothing was measured
        (EARLIER, WHOLE, 3),  # the quarter inside
        (MONTH, WHOLE, None),  # nothing inside
        (YEAR, OTTER, 4),  # told of the whole time only
        (EARLIER, BRIDGE, None),  # told of another year
        (YEAR, LYNX, None),
    ],
)
def test_a_trend_shows_the_period_or_what_lies_in_it(
    modules: Modules, period: int, member: int, row: int | None
) -> None:
    assert shown(modules, KNOWN, period, member) == row


COURSE = metric(
    (QUARTER, WHOLE, 0.4, MEASURED),
    (EARLIER_QUARTER, WHOLE, None, "not_measured"),
    (MONTH, WHOLE, 0.3, MEASURED),
    (QUARTER, PILOT, 0.6, MEASURED),
    (QUARTER, REST, 0.2, "insufficient_sample"),
    compare="side",
)


@pytest.mark.parametrize(("period", "rows"), [(YEAR, [0]), (MONTH, [2])])
def test_a_course_is_of_quarters_or_months_and_begins_with_a_figure(
    modules: Modules, period: int, rows: list[int]
) -> None:
    code = f"its => its.rowsOver(its.CHARTS.get('one'), {{ period: {period}, member: {WHOLE} }}, undefined)"
    assert modules.run("figures", code, charts=[COURSE]) == rows


@pytest.mark.parametrize(("member", "names"), [(WHOLE, ["Pilot teams"]), (OTTER, [])])
def test_sides_that_are_known_stand_beside_the_whole(modules: Modules, member: int, names: list[str]) -> None:
    code = f"its => its.sidesOf(its.CHARTS.get('one'), [0], {{ member: {member}, beside: [] }}).map(side => side.name)"
    assert modules.run("figures", code, charts=[COURSE]) == names


def test_members_that_the_reader_draws_stand_beside_the_chosen_one(modules: Modules) -> None:
    drawn = metric((YEAR, WHOLE, 0.4, MEASURED), (YEAR, LYNX, 0.2, MEASURED), (YEAR, OTTER, None, "not_measured"))
    code = f"its => its.sidesOf(its.CHARTS.get('one'), [0], {{ member: {WHOLE}, beside: [{LYNX}, {OTTER}] }}).map(side => side.name)"
    assert modules.run("figures", code, charts=[drawn]) == ["Lynx"]


@pytest.mark.parametrize(
    ("value", "status", "known"),
    [
        (0.5, "measured", True),
        (0.5, "incomplete", True),
        (0.5, "insufficient_sample", False),
        (None, "measured", False),
        (0.5, "not_measured", False),
    ],
)
def test_a_figure_is_written_only_where_its_status_allows_it(
    modules: Modules, value: float | None, status: str, known: bool
) -> None:
    code = "its => its.isKnown(its.CHARTS.get('one'), 0)"
    assert modules.run("figures", code, charts=[metric((ALL, WHOLE, value, status))]) is known


# goals and the answer


def test_of_a_goal_the_last_row_up_to_the_end_of_the_period_is_shown(modules: Modules) -> None:
    rows = [{"key": goal, "day": day} for goal, day in (("b", 0), ("a", 1), ("b", 2), ("a", 3))]
    code = "(its, period) => its.goalsAt(its.CHARTS.get('one'), { period, member: 0 })"
    one = chart("one", rows, encoding={"id": "key", "day": "day"})
    assert [modules.run("kinds/goals", code, period, charts=[one]) for period in (EARLIER, ALL)] == [[1, 2], [2, 3]]


JUDGED = {"value created", "some value", "mixed", "no effect", "negative"}


def told(modules: Modules, delivered: dict[str, Any], parts: list[tuple[str, int, float]], period: int) -> str:
    """The answer's sentences for a period in which this was delivered, and nothing in the others."""
    one = [{"period": period, "member": WHOLE} | delivered]
    rows = [
        {"period": period, "member": WHOLE, "part": part, "count": count, "amount": amount, "judged": part in JUDGED}
        for part, count, amount in parts
    ]
    return sentences(modules, one, rows, period)


def sentences(
    modules: Modules, delivered: list[dict[str, Any]], parts: list[dict[str, Any]], period: int, *others: dict[str, Any]
) -> str:
    roles = {
        name: name for name in ("part", "count", "amount", "comparable", "judged", "costed", "incomplete", "status")
    }
    sources = {"parts": "two", "quality": "quality"}
    charts = [chart("one", delivered, encoding=roles, sources=sources), chart("two", parts, encoding=roles), *others]
    code = (
        f"its => its.sentences(its.CHARTS.get('one'), {{ period: {period}, member: {WHOLE}, against: null }}).join(' ')"
    )
    return modules.run("kinds/answer", code, charts=charts)


def delivered(
    count: int, amount: float | None = 0, costed: int = 0, incomplete: int = 0, status: str = MEASURED
) -> dict[str, Any]:
    return {"count": count, "amount": amount, "costed": costed, "incomplete": incomplete, "status": status}


@pytest.mark.parametrize(
    ("given", "parts", "sentence"),
    [
        (delivered(0), [], "In 2024, nothing was delivered, so there is nothing to judge."),
        (
            delivered(0, status="not_measured"),
            [],
            "In 2024, how much was delivered is not measured, so its value can't be judged.",
        ),
        (
            delivered(3, 1500, 3),
            [("unlinked", 2, 500), ("value created", 1, 1000)],
            "In 2024, 1 of 3 deliverables delivered is known to have created value, $1,000 of $1,500 in cost. "
            "3 deliverables were delivered; up to now they cost $1,500. "
            "Of these, 1 created value ($1,000); 2 have no known link to an outcome ($500.00).",
        ),
        (
            delivered(2),
            [("negative", 1, 0), ("no effect", 1, 0)],
            "In 2024, 2 deliverables were delivered; none is known to have created value. "
            "2 deliverables were delivered; no cost is booked on them. "
            "Of these, none is known to have created value; 1 had no effect and 1 did harm.",
        ),
        (
            delivered(1, 20, 1, status="not_measured"),
            [("too early", 1, 20)],
            "In 2024, 1 deliverable was delivered, as far as is known; whether it created value can't be judged. "
            "1 deliverable was delivered, as far as is known; up to now it cost $20.00. "
            "Whether this created value can't be judged: 1 is too early to judge ($20.00).",
        ),
        (
            delivered(2, None, 0, 2),
            [("unlinked", 2, 0)],
            "In 2024, 2 deliverables were delivered; whether they created value can't be judged. "
            "2 deliverables were delivered; what they cost is not measured. "
            "Whether this created value can't be judged: 2 have no known link to an outcome.",
        ),
        (
            delivered(1, 20, 1, 1),
            [("too early", 1, 20)],
            "In 2024, 1 deliverable was delivered; whether it created value can't be judged. "
            "1 deliverable was delivered; up to now it cost $20.00 (1 with entries that have no exchange rate). "
            "Whether this created value can't be judged: 1 is too early to judge ($20.00).",
        ),
        (
            delivered(4, 20, 1),
            [("unmeasured", 4, 20)],
            "In 2024, 4 deliverables were delivered; whether they created value can't be judged. "
            "4 deliverables were delivered; up to now they cost $20.00 (booked on 1 of them). "
            "Whether this created value can't be judged: 4 are not measured ($20.00).",
        ),
    ],
)
def test_the_answer_says_what_is_known_and_no_more(
    modules: Modules, given: dict[str, Any], parts: list[tuple[str, int, float]], sentence: str
) -> None:
    assert told(modules, given, parts, EARLIER) == sentence


TILES = [{"metrics": ["m", "other"], "beside": None}]


@pytest.mark.parametrize(
    ("rows", "tiles", "silent"),
    [
        ([(YEAR, WHOLE, 0.5, MEASURED)], ["one"], []),
        ([(YEAR, WHOLE, 0.5, "insufficient_sample")], ["one"], []),
        ([(EARLIER, WHOLE, 0.5, MEASURED)], ["one"], []),  # of another period: the tile says so
        ([(YEAR, OTTER, 0.5, MEASURED)], ["two"], []),  # the first of its metrics that the member has
        ([(YEAR, WHOLE, None, "not_measured")], ["two"], []),
    ],
)
def test_a_tile_has_the_first_of_its_metrics_that_is_measured(
    modules: Modules, rows: list[tuple[int, int, float | None, str]], tiles: list[str], silent: list[str]
) -> None:
    charts = [metric(*rows), metric((YEAR, WHOLE, 3, MEASURED)) | {"name": "two", "metric": "other"}]
    found = tiles_of(modules, charts, TILES)
    assert found == [[*tiles, *(["two"] if tiles == ["one"] else [])], silent]


def test_what_no_tile_measures_is_named(modules: Modules) -> None:
    charts = [
        metric((YEAR, WHOLE, None, "not_measured")),
        metric((YEAR, OTTER, 3, MEASURED)) | {"name": "two", "metric": "x"},
    ]
    assert tiles_of(modules, charts, TILES) == [[], ["m"]]


def tiles_of(modules: Modules, charts: list[dict[str, Any]], tiles: list[dict[str, Any]]) -> Any:
    """The charts that have a tile, and the metrics that have none."""
    code = f"""(its, tiles) => {{
      const {{ shown, silent }} = its.tilesOf(tiles, {{ period: {YEAR}, member: {WHOLE} }});
      return [shown.map(({{ chart }}) => chart.name), silent];
    }}"""
    return modules.run("kinds/tiles", code, tiles, charts=charts)


def test_the_answer_says_how_much_was_reopened(modules: Modules) -> None:
    given = [{"period": EARLIER, "member": WHOLE} | delivered(2)]
    parts = [{"period": EARLIER, "member": WHOLE, "part": "value created", "count": 2, "amount": 0, "judged": 1}]
    rework = metric((EARLIER, WHOLE, 0.25, MEASURED)) | {"name": "quality", "title": "{value} was reopened."}
    assert sentences(modules, given, parts, EARLIER, rework).endswith("Of these, 2 created value. 25% was reopened.")


@pytest.mark.parametrize(
    ("is_comparable", "said"),
    [
        (1, "Of these, 2 created value."),
        (0, "Their value can't be compared yet: some of the work is too early to judge."),
    ],
)
def test_value_is_compared_with_the_year_before_only_when_both_can_be_judged(
    modules: Modules, is_comparable: int, said: str
) -> None:
    given = [{"period": period, "member": WHOLE} | delivered(2) for period in (EARLIER, YEAR)]
    parts = [
        {"period": period, "member": WHOLE, "part": part, "count": 2, "amount": 0, "comparable": flag}
        for period, part, flag in ((EARLIER, "value created", None), (YEAR, "too early", is_comparable))
    ]
    assert sentences(modules, given, parts, YEAR).endswith(
        f"A year before (2024) it was 2 deliverables; no cost is booked on them. {said}"
    )


def test_the_answer_says_when_nothing_was_delivered_the_year_before(modules: Modules) -> None:
    sentences = told(modules, delivered(1), [("value created", 1, 0)], YEAR)
    assert sentences.endswith("A year before (2024) nothing was delivered.")


def said(modules: Modules, needed: list[dict[str, Any]], period: int) -> str:
    """What a chart without rows says that needs another one."""
    one = chart(
        "one", [], missing="All is well {during}.", needs={"chart": "two", "missing": "Nothing is known {during}."}
    )
    one["columns"] = {"period": {"v": []}}
    code = f"""its => {{
      const figure = document.createElement('figure');
      figure.dataset.chart = 'one';
      figure.innerHTML = '<h3 class="title"></h3><div class="body"></div>';
      new its.Panel(figure).nothing({{ period: {period}, member: {WHOLE} }});
      return figure.querySelector('.title').textContent;
    }}"""
    return modules.run("panel", code, charts=[one, chart("two", needed, encoding={"count": "n"})])


@pytest.mark.parametrize(
    ("needed", "text"),
    [
        ([{"period": EARLIER, "n": 1}], "All is well in 2024."),
        ([{"period": YEAR, "n": 1}], "Nothing is known in 2024."),  # of another period
        ([{"period": EARLIER, "n": 0}], "Nothing is known in 2024."),  # of none
        ([], "Nothing is known in 2024."),
    ],
)
def test_all_is_said_to_be_well_only_where_something_is_known(
    modules: Modules, needed: list[dict[str, Any]], text: str
) -> None:
    assert said(modules, needed, EARLIER) == text


# lists and files


@pytest.mark.parametrize(
    ("sort", "rows"),
    [
        ("a", [2, 0, 3, 1]),
        ("-a", [3, 0, 2, 1]),
        ("b", [1, 0, 2, 3]),
        ("", [0, 1, 2, 3]),
        ("nothing", [0, 1, 2, 3]),
    ],
)
def test_a_list_is_sorted_with_what_is_not_known_last(modules: Modules, sort: str, rows: list[int]) -> None:
    given = [{"a": 2, "b": "b 2"}, {"a": None, "b": "B 1"}, {"a": 1, "b": "b 10"}, {"a": 9, "b": None}]
    code = "(its, sort) => { const it = its.CHARTS.get('one'); return its.sorted(it, it.all, sort) }"
    assert modules.run("search", code, sort, charts=[chart("one", given)]) == rows


@pytest.mark.parametrize(
    ("choices", "rows"),
    [
        ({}, [0, 1, 2]),
        ({"q": "  OTTER "}, [0, 2]),
        ({"q": "7"}, []),  # a number is no text
        ({"kind": "new"}, [0, 1]),
        ({"kind": "new", "q": "otter"}, [0]),
        ({"name": "Otter"}, [0, 1, 2]),  # not a column to choose by
    ],
)
def test_a_list_is_searched_and_narrowed(modules: Modules, choices: dict[str, str], rows: list[int]) -> None:
    given = [
        {"name": "Otter", "kind": "new", "n": 7},
        {"name": "Lynx", "kind": "new", "n": 7},
        {"name": "Otters", "kind": "old", "n": 7},
    ]
    columns = {
        "name": {"unit": "name", "label": "Name"},
        "kind": {"unit": "text", "label": "Kind", "choose": True},
        "n": {"unit": "count", "label": "N"},
    }
    code = "(its, choices) => { const it = its.CHARTS.get('one'); return its.found(it, it.all, choices) }"
    assert modules.run("search", code, choices, charts=[chart("one", given, shown=columns)]) == rows


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
        ("\x01=1", "'\x01=1"),
        ("\r=1", '"\'\r=1"'),
        ('say "hi", you', '"say ""hi"", you"'),
        ("two\nlines", '"two\nlines"'),
        (" spaced ", '" spaced "'),
    ],
)
def test_a_cell_of_a_csv_is_no_formula(modules: Modules, text: str, cell: str) -> None:
    assert modules.run("csv", "(its, text) => its.csvCell(text, { unit: 'text' })", text) == cell


@pytest.mark.parametrize(
    ("value", "unit", "cell"), [(-1234.5, "money", "-1234.5"), (3, "day", "2025-01-01"), (None, "day", "")]
)
def test_numbers_and_days_of_a_csv_stay_what_they_are(modules: Modules, value: Any, unit: str, cell: str) -> None:
    assert modules.run("csv", "(its, [value, unit]) => its.csvCell(value, { unit })", [value, unit]) == cell


def test_a_csv_has_a_line_for_its_columns_and_one_per_row(modules: Modules) -> None:
    code = """its => its.csv([{ name: 'a', label: '=A' }, { name: 'b', label: 'B, too' }], [0, 1], (name, row) => name + row)"""
    assert modules.run("csv", code) == '\'=A,"B, too"\r\na0,b0\r\na1,b1\r\n'


# what happened beside the figures

EVENTS = chart(
    "events",
    [
        {"happened_on": 3, "team": OTTER, "initiative": None, "what": "pilot", "name": "Otter"},
        {"happened_on": 4, "team": LYNX, "initiative": None, "what": "pilot", "name": "Lynx"},
        {"happened_on": 3, "team": None, "initiative": BRIDGE, "what": "release", "name": "Bridge 2"},
        {"happened_on": 6, "team": LYNX, "initiative": None, "what": "pilot", "name": "after the period"},
    ],
    kind="events",
    encoding={"what": "what", "name": "name"},
)


@pytest.mark.parametrize(
    ("member", "label", "lines"),
    [
        (WHOLE, "3 events", ["pilot: Otter", "pilot: Lynx", "note: New prices"]),
        (OTTER, "2 events", ["pilot: Otter", "note: New prices"]),
        (BRIDGE, "2 events", ["release: Bridge 2", "note: New prices"]),
    ],
)
def test_a_line_marks_what_happened_in_its_periods(modules: Modules, member: int, label: str, lines: list[str]) -> None:
    code = """(its, [period, member]) => {
      const events = its.eventsIn([period], member).get(0);
      return [its.labelOf(events), its.linesOf(events)];
    }"""
    notes = [["2025-03-31", "New prices"], ["2025-04-01", "too late"]]
    assert modules.run("events", code, [QUARTER, member], charts=[EVENTS], notes=notes) == [label, lines]


def test_many_events_of_one_kind_are_counted(modules: Modules) -> None:
    notes = [["2025-01-31", f"note {number}"] for number in range(5)]
    code = f"its => {{ const events = its.eventsIn([{QUARTER}], {REST}).get(0); return [its.labelOf(events), its.linesOf(events).at(-1)] }}"
    assert modules.run("events", code, notes=notes) == ["5 notes", "and 2 more"]
