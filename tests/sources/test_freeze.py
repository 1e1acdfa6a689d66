"""What a refresh freezes is what its build reads: nothing more, nothing less."""

from datetime import date, datetime, timedelta

import pytest

from sources import loads
from tests.sources.bench import NOW, TEAMS, Bench
from tests.sources.good_rows import CONTRACTS

BEHIND = [
    "_file",
    "_record",
    "_extra",
    "_warnings",
    "_row_kind",
    "source",
    "load_id",
    "load_seq",
    "load_kind",
    "deletes",
    "observed_at",
]


def test_every_feed_that_nobody_provides_is_empty_and_typed(bench: Bench) -> None:
    behind = [
        "varchar",
        "bigint",
        "varchar",
        "varchar",
        "varchar",
        "varchar",
        "varchar",
        "bigint",
        "varchar",
        "boolean",
        "timestamp",
    ]
    with bench.stage() as stage:
        for feed, contract in CONTRACTS.items():
            found = [(r[0], r[1].lower()) for r in stage.execute(f"describe landing.{feed}").fetchall()]
            own = [(c.name, c.sql_type) for c in contract.columns]
            assert found == own + list(zip(BEHIND, behind, strict=True))
            assert stage.execute(f"select count(*) from landing.{feed}").fetchone() == (0,)


def test_a_provided_feed_has_the_columns_of_an_absent_one(bench: Bench) -> None:
    absent = bench.query("describe landing.teams")
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    assert bench.query("describe landing.teams") == absent


def test_nothing_of_a_feed_is_read_but_its_loads(bench: Bench) -> None:
    """An earlier release kept an empty load of each feed, whose damage stopped every build."""
    folder = bench.home / "landing" / "teams" / "source=_schema" / f"load={CONTRACTS['teams'].fingerprint}"
    folder.mkdir(parents=True)
    (folder / "part-0.parquet").write_text("cut")
    assert bench.query("select count(*) from landing.teams") == [(0,)]


def test_the_quarantine_has_the_same_columns_with_rows_or_without(bench: Bench) -> None:
    without = bench.query("describe landing.quarantine")
    bench.write("feeds/teams.csv", TEAMS + "t6,\n")
    bench.land()
    assert bench.query("describe landing.quarantine") == without


def test_a_load_that_lands_after_the_freeze_is_invisible(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    frozen = loads.freeze(bench.home, NOW)
    bench.write("feeds/teams.csv", TEAMS.replace("One", "Uno") + "t6,\n")
    bench.land()
    counts = [f"(select count(*) from landing.{name})" for name in ("teams", "loads", "quarantine")]
    sql = f"select {', '.join(counts)}"
    assert bench.query(sql, frozen) == [(5, 1, 0)]


@pytest.mark.parametrize(("days", "number"), [(-1, 0), (0, 1), (4, 1), (5, 2), (9, 2)])
def test_freezing_by_a_moment_lists_what_was_observed_by_it(bench: Bench, days: int, number: int) -> None:
    for later in (0, 5):
        bench.write("feeds/teams.csv", TEAMS.replace("One", f"One {later}"))
        bench.land(observed_at=NOW + timedelta(days=later))
    frozen = loads.freeze(bench.home, NOW, observed_by=NOW + timedelta(days=days))
    assert len(frozen.loads) == number


def test_the_moment_may_be_in_any_zone(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land(observed_at="2026-01-01T00:30:00+02:00")
    frozen = loads.freeze(bench.home, NOW, observed_by=datetime.fromisoformat("2025-12-31T22:30:00+00:00"))
    assert len(frozen.loads) == 1


def test_the_fingerprint_changes_with_the_list_alone(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    first = loads.freeze(bench.home, NOW).fingerprint
    assert loads.freeze(bench.home, NOW + timedelta(days=1)).fingerprint == first
    bench.write("feeds/teams.csv", TEAMS.replace("One", "Uno"))
    bench.land()
    assert loads.freeze(bench.home, NOW).fingerprint != first


def test_the_loads_table_tells_each_load(bench: Bench) -> None:
    bench.write("data/x.csv", "id\na\nb\nc\n")
    bench.write(
        "feeds/teams.sql",
        "select id as team_id, nullif(id, 'b') as name, case when id = 'c' then 'why' end as _excluded, 1 as more, "
        "_file, _record from raw.x",
    )
    bench.land(
        observed_at="2026-04-01T02:00:00+02:00",
        covers={"teams": [["2025-01-01", "2025-07-01"], ["2026-01-01", "2026-02-01"]]},
    )
    columns = (
        "load_seq, feed, source, kind, deletes, observed_at, landed_at, records, landed, quarantined, excluded, "
        "landed_rows, quarantined_rows, excluded_rows, covers, extra_columns"
    )
    covers = [[date(2025, 1, 1), date(2025, 7, 1)], [date(2026, 1, 1), date(2026, 2, 1)]]
    assert bench.query(f"select {columns} from landing.loads") == [
        (
            1,
            "teams",
            "src",
            "snapshot",
            True,
            datetime(2026, 4, 1),
            datetime(2026, 4, 28, 12),
            *(3, 1, 1, 1),
            *(1, 1, 1),
            covers,
            ["more"],
        )
    ]


def test_a_load_without_covers_and_observed_at_speaks_for_all_time_up_to_its_landing(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    assert bench.query("select covers, observed_at = landed_at from landing.loads") == [(None, True)]


def test_the_settings_are_one_row(bench: Bench) -> None:
    given = {
        "as_of_at": datetime(2026, 4, 27),
        "as_of_date": date(2026, 4, 27),
        "share": 0.01,
        "name": "it's",
        "on": True,
    }
    with bench.stage(**given) as stage:
        assert stage.execute("select * from landing.settings").fetchall() == [tuple(given.values())]
        types = [str(row[1]) for row in stage.execute("describe landing.settings").fetchall()]
    assert types == ["TIMESTAMP", "DATE", "DOUBLE", "VARCHAR", "BOOLEAN"]


def test_load_seq_follows_what_was_observed_not_what_landed(bench: Bench) -> None:
    for moment in (NOW, NOW - timedelta(days=9)):
        bench.write("feeds/teams.csv", TEAMS.replace("One", str(moment)))
        bench.land(observed_at=moment)
    assert bench.query("select name from landing.teams where team_id = 't1' order by load_seq") == [
        (str(NOW - timedelta(days=9)),),
        (str(NOW),),
    ]


def test_load_ids_sort_by_landing_even_when_the_clock_goes_back() -> None:
    from ulid import ULID

    for millis in range(4_000_000_000_000, 4_000_000_000_500):  # the year 2096
        newest = str(ULID.from_timestamp(millis))
        assert loads.next_load_id({"teams": {"load_id": newest}}) > newest
