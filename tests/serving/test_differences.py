"""What two versions say differently: which figures, which way, and for which reason."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from serving.differences import COLUMNS, Differences, chosen, compare, in_words, summary
from serving.errors import VersionError
from serving.versions import Version
from sources.changes import SCHEMA
from tests.serving.builds import Built, make_build, make_records, publish_built, ulid

LATER = {"as_of": "2026-05-31T23:59:59+00:00"}
COST = "metric_name = 'cost' and grain = 'fiscal_year'"


def version(home: Path, number: int, extra: str = "", **facts: Any) -> Version:
    """A published version whose build was changed by `extra`."""
    folder = home.parent / f"build-{number}"
    folder.mkdir(parents=True)
    built = Built(make_build(folder / "warehouse.duckdb", extra=extra), make_records(folder / "refresh.parquet"))
    return publish_built(home, built, number, facts=facts)


def changes(*rows: tuple[Any, ...]) -> pa.Table:
    """Rows (feed, change, days, initiatives, teams, products, number)."""
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA)


def told(found: Differences) -> list[dict[str, Any]]:
    return [dict(zip(found.figures.columns, row, strict=True)) for row in found.figures.rows]


@pytest.fixture
def difference(published: Version, home: Path) -> Callable[..., Differences]:
    """Version 1 as it is, compared with version 2, whose build was changed by `extra`; `facts` are of its manifest."""

    def compared(extra: str, given: pa.Table | None = None, **facts: Any) -> Differences:
        return compare(published, version(home, 2, extra, **facts), given or changes())

    return compared


def test_the_same_figures_differ_in_nothing(difference: Callable[..., Differences]) -> None:
    found = difference("")

    assert (found.figures.rows, found.unchanged, found.ahead) == ([], 15, 0)
    assert found.figures.columns == COLUMNS


def test_a_figure_is_told_with_both_values_statuses_and_numbers(difference: Callable[..., Differences]) -> None:
    found = difference(f"update metrics.fct_metric_values set value = 3200000, n = 313 where {COST}")

    [row] = told(found)
    assert (row["metric_name"], row["grain"], str(row["period_start"]), row["dimension_name"], row["member_id"]) == (
        "cost",
        "fiscal_year",
        "2024-04-01",
        "total",
        "total",
    )
    assert (row["old_value"], row["new_value"], row["difference"]) == (3100000, 3200000, 100000)
    assert (row["old_status"], row["new_status"], row["old_n"], row["new_n"]) == ("measured", "measured", 312, 313)
    assert (row["change"], row["was_open"]) == ("changed", False)


@pytest.mark.parametrize(
    "change", ["value = null, status = 'not_measured'", "n = 300", "status = 'incomplete'", "value = value + 0.01"]
)
def test_value_status_and_number_each_count(change: str, difference: Callable[..., Differences]) -> None:
    assert len(told(difference(f"update metrics.fct_metric_values set {change} where {COST}"))) == 1


@pytest.mark.parametrize("change", ["value = value * (1 + 1e-12)", "lower = 1", "n_excluded = 3"])
def test_what_says_the_same_is_no_difference(change: str, difference: Callable[..., Differences]) -> None:
    assert told(difference(f"update metrics.fct_metric_values set {change} where {COST}")) == []


def test_a_figure_that_is_gone_is_told(difference: Callable[..., Differences]) -> None:
    [row] = told(difference(f"delete from metrics.fct_metric_values where {COST}"))

    assert (row["change"], row["old_value"], row["new_value"]) == ("gone", 3100000, None)


NEW = """insert into metrics.fct_metric_values values
    ('cost', 1, 'month', '{start}', '{end}', 'total', 0, 'total', 'Total', {value}, null, null, 1, 0, null, null,
    'measured', false)"""


@pytest.mark.parametrize(
    ("start", "end", "value", "told_of", "ahead"),
    [
        ("2026-03-01", "2026-04-01", "7", 1, 0),
        ("2026-04-01", "2026-05-01", "7", 1, 0),
        ("2026-05-01", "2026-06-01", "7", 0, 1),
        ("2026-03-01", "2026-04-01", "null", 0, 0),
    ],
)
def test_a_new_figure_is_told_where_its_period_had_begun(
    start: str, end: str, value: str, told_of: int, ahead: int, difference: Callable[..., Differences]
) -> None:
    found = difference(NEW.format(start=start, end=end, value=value), **LATER)

    assert (len(told(found)), found.ahead) == (told_of, ahead)


def test_those_of_periods_that_had_ended_come_first(difference: Callable[..., Differences]) -> None:
    found = difference("update metrics.fct_metric_values set value = 1 where metric_name = 'cost'", **LATER)

    assert [(row["grain"], row["was_open"]) for row in told(found)] == [("fiscal_year", False), ("all", True)]
    assert told(found)[1]["why"] == "its period was open"


def test_of_one_moment_nothing_changed_because_its_period_was_open(difference: Callable[..., Differences]) -> None:
    found = difference("update metrics.fct_metric_values set value = 1 where metric_name = 'cost'")

    assert [(row["was_open"], row["why"]) for row in told(found)] == [(False, "unexplained"), (True, "unexplained")]


CHANGE = f"update metrics.fct_metric_values set value = 1 where {COST}"


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        (
            f"{CHANGE}; update metrics.dim_metric set fingerprint = 'x' where metric_name = 'cost'",
            "changed, its version did not",
        ),
        (f"{CHANGE}; update metrics.dim_metric set metric_version = 2 where metric_name = 'cost'", "version 1 → 2"),
    ],
)
def test_a_definition_that_changed_is_a_reason(extra: str, why: str, difference: Callable[..., Differences]) -> None:
    assert told(difference(extra))[0]["why"] == f"definition: {why}"


def test_a_metric_that_is_gone_is_a_reason(difference: Callable[..., Differences]) -> None:
    gone = "delete from metrics.fct_metric_values where metric_name = 'nps'; delete from metrics.dim_metric where metric_name = 'nps'"

    assert [row["why"] for row in told(difference(gone))] == ["definition: the metric is gone"]


def test_a_setting_that_changed_is_a_reason(home: Path) -> None:
    before = version(home, 1, settings={"observation_window_days": 90, "time_zone": "UTC"})
    after = version(home, 2, CHANGE, settings={"observation_window_days": 60, "time_zone": "UTC"})

    found = compare(before, after, changes())

    assert told(found)[0]["why"] == "settings: observation_window_days"
    assert "Settings changed: observation_window_days." in summary(found, before, after)


def test_code_that_changed_is_a_reason_where_there_is_no_other(difference: Callable[..., Differences]) -> None:
    found = difference(CHANGE, code_fingerprint="another")

    assert told(found)[0]["why"] == "the code changed"


def test_what_nothing_explains_says_so(difference: Callable[..., Differences]) -> None:
    assert told(difference(CHANGE))[0]["why"] == "unexplained"


DAY = "2024-05-01"


@pytest.mark.parametrize(
    ("rows", "why", "counts", "scope"),
    [
        (
            [
                ("ledger_entries", "new", [DAY], [], [""], [], 2),
                ("ledger_entries", "corrected", [DAY], [], ["T1"], [], 1),
            ],
            "ledger_entries: 2 new, 1 corrected",
            (2, 1, 0),
            "period and member",
        ),
        (
            [("ledger_entries", "corrected", ["2023-05-01", DAY], [], [], [], 1)],
            "ledger_entries: 1 corrected",
            (0, 1, 0),
            "period and member",
        ),
        (
            [
                ("ledger_entries", "deleted", ["2023-05-01"], [], [], [], 1),
                ("exchange_rates", "new", [DAY], [], [], [], 3),
            ],
            "in other feeds: exchange_rates: 3 new",
            (3, 0, 0),
            "other feeds",
        ),
        (
            [("accounts", "corrected", [], [], [], [], 1), ("work_items", "new", ["2020-01-01"], [], [], [], 1)],
            "in other feeds: accounts: 1 corrected",
            (0, 1, 0),
            "other feeds",
        ),
        ([("work_items", "new", ["2020-01-01"], [], [], [], 1)], "unexplained", (0, 0, 0), None),
    ],
)
def test_rows_of_its_period_are_a_reason(
    rows: list[tuple[Any, ...]],
    why: str,
    counts: tuple[int, int, int],
    scope: str | None,
    difference: Callable[..., Differences],
) -> None:
    given = changes(*((*row[:2], [date.fromisoformat(day) for day in row[2]], *row[3:]) for row in rows))

    [row] = told(difference(CHANGE, given))

    assert row["why"] == why
    assert (row["rows_new"], row["rows_corrected"], row["rows_deleted"]) == counts
    assert row["rows_scope"] == scope


MEMBER = f"""
    update metrics.fct_metric_values
    set value = 1, dimension_name = 'initiative', member_id = '{{member}}' where {COST}"""


@pytest.mark.parametrize(
    ("member", "rows", "why"),
    [
        (
            "I1",
            [("ledger_entries", "new", ["I1", "I2"]), ("ledger_entries", "deleted", ["I2"])],
            "ledger_entries: 1 new",
        ),
        ("I3", [("ledger_entries", "new", ["I1"])], "in its period, not naming it: ledger_entries: 1 new"),
        ("-2", [("ledger_entries", "new", [""]), ("ledger_entries", "deleted", ["I2"])], "ledger_entries: 1 new"),
        ("I3", [("ledger_entries", "new", ["I1"]), ("initiatives", "new", ["I3"])], "initiatives: 1 new"),
        ("-3", [("ledger_entries", "new", ["I1"]), ("initiatives", "new", ["I3"])], "initiatives: 1 new"),
        (
            "I3",
            [("ledger_entries", "new", ["I1"]), ("initiatives", "corrected", ["I3"])],
            "in its period, not naming it: ledger_entries: 1 new",
        ),
    ],
)
def test_rows_that_name_its_member_come_first(
    member: str, rows: list[tuple[str, str, list[str]]], why: str, home: Path
) -> None:
    given = changes(
        *((f, kind, [] if f == "initiatives" else [date(2024, 5, 1)], ids, [], [], 1) for f, kind, ids in rows)
    )
    before = version(home, 1, MEMBER.format(member=member).replace("value = 1", "value = 0"))
    after = version(home, 2, MEMBER.format(member=member))

    assert [row["why"] for row in told(compare(before, after, given))] == [why]


def test_by_default_the_two_newest_are_compared_the_earlier_moment_first(home: Path, built: Built) -> None:
    publish_built(home, built, 1)
    publish_built(home, built, 2, facts=LATER)
    publish_built(home, built, 3, facts={"as_of": "2026-03-31T23:59:59+00:00"})

    assert [v.version for v in chosen(home, None, None)] == [ulid(3), ulid(2)]
    assert [v.version for v in chosen(home, ulid(1), None)] == [ulid(1), ulid(3)]
    assert [v.version for v in chosen(home, ulid(2), ulid(1))] == [ulid(2), ulid(1)]


def test_one_version_alone_can_not_be_compared(home: Path, built: Built) -> None:
    publish_built(home, built, 1)

    with pytest.raises(VersionError, match="a comparison needs two"):
        chosen(home, None, None)
    with pytest.raises(VersionError, match="are both"):
        chosen(home, ulid(1), None)


def test_a_version_that_is_not_there_lists_those_that_are(home: Path, built: Built) -> None:
    publish_built(home, built, 1)

    with pytest.raises(VersionError, match=ulid(1)):
        chosen(home, "01NOSUCH", None)
    with pytest.raises(VersionError, match="there is no version"):
        chosen(home.parent / "nowhere", "01NOSUCH", None)


def test_in_words_for_a_terminal(difference: Callable[..., Differences]) -> None:
    found = difference(f"update metrics.fct_metric_values set value = null, status = 'not_measured' where {COST}")

    assert in_words(found) == [
        ("cost", "fiscal_year 2024-04-01", "total", "3,100,000", "not measured", "312", "unexplained")
    ]


def test_a_name_that_is_sql_is_only_a_name(difference: Callable[..., Differences]) -> None:
    """Members' names and ids come from the portfolio's files."""
    naughty = "update metrics.fct_metric_values set value = 1, member_id = 'x''); drop table cells; --' where "

    [one, other] = told(difference(naughty + COST))
    assert {one["change"], other["change"]} == {"gone", "new"}
