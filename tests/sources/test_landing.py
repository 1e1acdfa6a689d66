"""What a landing adds, refuses and leaves alone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sources import seals
from sources.errors import LandingError
from tests.sources.bench import EXPORT, MAP_TEAMS, NOW, RULES, TEAMS, Bench, as_csv


def counts(**given: int) -> dict[str, int]:
    names = ("records", "quarantined", "landed", "excluded", "landed_rows", "quarantined_rows", "excluded_rows")
    return dict.fromkeys((*names, "identical_copies"), 0) | given


def mapped(bench: Bench, sql: str = MAP_TEAMS, export: str = EXPORT) -> None:
    bench.write("data/export.csv", export)
    bench.write("feeds/teams.sql", sql)


def refused(bench: Bench, words: str, **source: Any) -> None:
    """Landing fails with these words and what to do, and leaves every load as it was."""
    before = bench.tree()
    with pytest.raises(LandingError, match=rf"(?s){words}.* To fix: \w+"):
        bench.land(**source)
    assert bench.tree() == before


# mappings


def test_an_unknown_feed_is_refused(bench: Bench) -> None:
    bench.write("feeds/team.csv", TEAMS)
    refused(bench, r"team\.csv: no feed has that name")


def test_two_files_of_one_feed_are_refused(bench: Bench) -> None:
    mapped(bench)
    bench.write("feeds/teams.csv", TEAMS)
    refused(bench, r"teams\.sql: teams\.csv gives the same feed")


def test_a_declared_feed_without_a_file_is_refused(bench: Bench) -> None:
    refused(bench, "declares people, but there is no file", feeds=["people"])


def test_a_control_without_a_mapping_is_refused(bench: Bench) -> None:
    mapped(bench)
    bench.write("feeds/team.control.sql", "select 'count(*)' as measure, 5 as expected")
    refused(bench, r"team\.control\.sql: there is no mapping")


def test_a_source_lands_the_feeds_that_it_declares_alone(bench: Bench) -> None:
    mapped(bench)
    bench.write("feeds/products.csv", "product_id,name\np,P\n")
    assert list(bench.land(feeds=["products"])) == ["products"]


def test_a_raw_file_that_is_not_there_is_named(bench: Bench) -> None:
    bench.write("feeds/teams.sql", MAP_TEAMS)
    refused(bench, r"teams\.sql: it reads raw\.export, but there is no such file")


def test_a_missing_required_column_fails(bench: Bench) -> None:
    bench.write("feeds/teams.csv", "team_id\nt1\n")
    refused(bench, r"teams\.csv: feed teams needs name, which is missing")


def test_a_column_of_the_last_load_that_is_missing_fails(bench: Bench) -> None:
    bench.write("feeds/teams.csv", "team_id,name,is_pilot\nt1,One,true\n")
    bench.land()
    bench.write("feeds/teams.csv", "team_id,name\nt1,One\n")
    refused(bench, r"teams\.csv: is_pilot of feed teams was in the last load")


def test_an_optional_column_may_be_absent(bench: Bench) -> None:
    bench.write("feeds/teams.csv", "team_id,name\nt1,One\n")
    bench.land()
    assert bench.query("select team_id, is_pilot from landing.teams") == [("t1", None)]


def test_an_unknown_column_is_kept_aside_and_reported(bench: Bench) -> None:
    bench.write("feeds/teams.csv", 'team_id,name,"Our ""own""",it\'s\nt1,One,a,b\n')
    bench.land()
    [(extra, reported)] = bench.query("select _extra, extra_columns from landing.teams, landing.loads")
    assert (json.loads(extra), reported) == ({'Our "own"': "a", "it's": "b"}, ['Our "own"', "it's"])


def test_a_feed_column_given_twice_is_reported(bench: Bench) -> None:
    bench.write("feeds/teams.csv", "team_id,name,name\nt1,One,Other\n")
    bench.land()
    assert bench.query("select name, _extra from landing.teams") == [("One", '{"name_2":"Other"}')]


@pytest.mark.parametrize("name", ["_row", "t_name", "_is_copy", "_violations", "_extra"])
def test_an_extra_column_may_be_called_anything(bench: Bench, name: str) -> None:
    bench.write("feeds/teams.csv", f"team_id,name,{name}\nt1,One,x\n")
    bench.land()
    assert bench.query("select name, _extra from landing.teams") == [
        ("One", json.dumps({name: "x"}, separators=(",", ":")))
    ]


# accounting for every record


def test_records_excluded_are_counted_by_reason(bench: Bench) -> None:
    mapped(bench, MAP_TEAMS.replace("_file", "case when id > 't3' then 'merged' end as _excluded, _file"))
    assert bench.land()["teams"].counts == counts(records=5, landed=3, landed_rows=3, excluded=2, excluded_rows=2)
    assert bench.record("teams")["excluded"] == {"merged": 2}


def test_rows_excluded_need_not_be_valid(bench: Bench) -> None:
    mapped(bench, "select null as team_id, null as name, 'not a team' as _excluded, _file, _record from raw.export")
    assert bench.land()["teams"].counts == counts(records=5, excluded=5, excluded_rows=5)


def test_dropped_records_fail(bench: Bench) -> None:
    mapped(bench, f"{MAP_TEAMS} where id <> 't3'")
    refused(bench, r"teams\.sql: data/export\.csv has 5 records, of which it returns 4")


def test_a_join_that_drops_a_whole_file_fails(bench: Bench) -> None:
    mapped(
        bench, f"{MAP_TEAMS} left join raw.regions using (id)".replace("_file, _record", "export._file, export._record")
    )
    bench.write("data/regions.csv", "id,region\nt1,EU\n")
    refused(bench, r"data/regions\.csv has 1 records, of which it returns 0")


def test_a_declared_look_up_needs_no_rows(bench: Bench) -> None:
    sql = "-- lookup: regions, other\n" + MAP_TEAMS + " left join raw.regions using (id) left join raw.other using (id)"
    mapped(bench, sql.replace("_file, _record", "export._file, export._record"))
    bench.write("data/regions.csv", "id,region\nt1,EU\n")
    bench.write("data/other.csv", "id,other\nt1,x\n")
    assert bench.land()["teams"].counts == counts(records=5, landed=5, landed_rows=5)


def test_several_rows_of_one_record_count_it_once(bench: Bench) -> None:
    mapped(bench, "select id || '-' || n as team_id, label as name, _file, _record from raw.export, range(3) as r (n)")
    assert bench.land()["teams"].counts == counts(records=5, landed=5, landed_rows=15)


def test_a_record_with_a_rejected_row_counts_as_quarantined(bench: Bench) -> None:
    sql = "select id || '-' || n as team_id, case when id <> 't1' or n = 0 then label end as name, _file, _record"
    mapped(bench, f"{sql} from raw.export, range(2) as r (n)")
    found = bench.land()["teams"].counts
    assert found == counts(records=5, landed=4, landed_rows=9, quarantined=1, quarantined_rows=1)


@pytest.mark.parametrize(
    ("lineage", "words"),
    [
        ("_file", "returns no _record"),
        ("_record", "returns no _file"),
        ("'a' as _file, _record", "returns rows of 'a'"),
        ("null as _file, _record", "returns rows of None"),
        ("_file, 1 as _record", "has 5 records, of which it returns 1"),
        ("_file, _record + 1 as _record", "record numbers that data/export.csv doesn't have"),
        ("_file, nullif(_record, 5) as _record", "record numbers that data/export.csv doesn't have"),
        ("_file, 'x' as _record", "it can't be run"),
    ],
)
def test_lineage_that_is_lost_or_made_up_fails(bench: Bench, lineage: str, words: str) -> None:
    mapped(bench, MAP_TEAMS.replace("_file, _record", lineage))
    refused(bench, rf"teams\.sql: .*{words}")


# control figures


def test_a_control_that_agrees_passes(bench: Bench) -> None:
    mapped(bench, MAP_TEAMS.replace("_file", "case when id = 't1' then 'x' end as _excluded, _file"))
    figures = "('count(*)', 4), ('max(length(name)) filter (where team_id = ''t3'')', 5), ('min(nullif(1, 1))', null)"
    bench.write("feeds/teams.control.sql", f"select * from (values {figures}) as v (measure, expected)")
    assert bench.land()["teams"].outcome == "landed"


def test_a_control_that_disagrees_fails_and_names_the_measure(bench: Bench) -> None:
    mapped(bench)
    bench.write("feeds/teams.control.sql", "select 'count(*)' as measure, count(*) - 1 as expected from raw.export")
    refused(bench, r"teams\.control\.sql: count\(\*\) is 4\.0+ in the raw files, but 5\.0+ in the mapped feed teams")


def test_a_control_sees_rows_before_quarantine_and_typed(bench: Bench) -> None:
    bench.write("data/export.csv", "id,hours\na,30\nb,0.5\nc,soon\n")
    sql = (
        "select id as time_entry_id, 'p' as person_id, '2025-01-01' as work_date, hours, _file, _record from raw.export"
    )
    bench.write("feeds/time_entries.sql", sql)
    bench.write("feeds/time_entries.control.sql", "select 'sum(hours)' as measure, '30.5' as expected")
    assert bench.land()["time_entries"].counts["quarantined"] == 2


def test_a_control_compares_ten_places(bench: Bench) -> None:
    mapped(bench)
    bench.write("feeds/teams.control.sql", "select 'count(*)' as measure, 5.0000000001 as expected")
    refused(bench, r"count\(\*\) is 5\.0000000001 in the raw files")


@pytest.mark.parametrize(
    "figures",
    [
        "select 'nothing' as measure, 1 as expected",
        "select 'count(*)' as measure, 1 as expected where false",
        "select 1 as x",
    ],
)
def test_a_control_that_controls_nothing_fails(bench: Bench, figures: str) -> None:
    mapped(bench)
    bench.write("feeds/teams.control.sql", figures)
    refused(bench, r"teams\.(control\.)?sql")


def test_a_plain_file_can_have_a_control_over_a_raw_file(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.write("data/export.csv", EXPORT)
    bench.write("feeds/teams.control.sql", "select 'count(*)' as measure, count(*) as expected from raw.export")
    assert bench.land()["teams"].outcome == "landed"


# keys


def test_rows_that_share_a_key_are_quarantined_all_and_the_row_before_stays(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    bench.write("feeds/teams.csv", TEAMS.replace("One", "Uno") + "t1,Ein\n")
    bench.land()
    assert bench.query("select _record, rule from landing.quarantine order by all") == [
        (1, "duplicate_key"),
        (6, "duplicate_key"),
    ]
    assert ("t1", "One") in bench.current("teams", "team_id,name")
    assert bench.query("select team_id, name from landing.teams where _row_kind = 'held'") == [("t1", None)]


def test_a_quarantined_key_has_not_vanished(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    bench.write("feeds/teams.csv", TEAMS.replace("t1,One", "t1,").replace("Two", "Zwei"))
    bench.land()
    assert bench.current("teams", "team_id,name")[:2] == [("t1", "One"), ("t2", "Zwei")]


def test_a_key_of_two_columns_is_shared_only_as_a_whole(bench: Bench) -> None:
    rates = "r1,2025-01-01,2\nr1,2025-01-02,2\nr2,2025-01-01,2\nr2,2025-01-01,3\n"
    rates = rates.replace("r1", "USD").replace("r2", "MANA")
    bench.write("feeds/exchange_rates.csv", "currency,rate_date,rate_to_reporting\n" + rates)
    assert bench.land()["exchange_rates"].counts == counts(
        records=4, landed=2, landed_rows=2, quarantined=2, quarantined_rows=2
    )


CHARGES = "id,day,cents,seen\nch_1,2025-04-01,10,a\nch_2,2025-04-02,20,b\nch_3,2025-04-03,30,c\n"
MAP_CHARGES = """select id as ledger_entry_id, day as posted_date, '4000' as account_code, cents as amount,
    'EUR' as currency, _file, _record from raw.charges"""


def charged(bench: Bench, more: str) -> None:
    bench.write("data/charges.csv", CHARGES + more)
    bench.write("feeds/ledger_entries.sql", MAP_CHARGES)


def test_identical_copies_are_one_row_and_counted(bench: Bench) -> None:
    charged(bench, "ch_3,2025-04-03,30,d\nch_3,2025-04-03,30.00,e\n")
    assert bench.land()["ledger_entries"].counts == counts(
        records=5, landed=3, landed_rows=3, excluded=2, excluded_rows=2, identical_copies=2
    )
    assert bench.record("ledger_entries")["excluded"] == {"identical copy": 2}
    assert bench.query("select sum(amount)::integer, max(_record) from landing.ledger_entries") == [(60, 3)]


def test_a_control_total_counts_identical_copies_as_the_file_does(bench: Bench) -> None:
    charged(bench, "ch_3,2025-04-03,30,d\n")
    control = "select 'sum(amount)' as measure, sum(cents::int) as expected from raw.charges"
    bench.write("feeds/ledger_entries.control.sql", control)
    assert bench.land()["ledger_entries"].counts["identical_copies"] == 1


def test_rows_that_differ_under_one_key_are_shown_both_and_a_copy_of_one_is_left_out(bench: Bench) -> None:
    charged(bench, "ch_3,2025-04-03,35,d\nch_3,2025-04-03,30,e\n")
    assert bench.land()["ledger_entries"].counts == counts(
        records=5, landed=2, landed_rows=2, quarantined=2, quarantined_rows=2, excluded=1, excluded_rows=1,
        identical_copies=1,
    )  # fmt: skip
    first, second = (
        f"data/charges.csv record {record} (ledger_entry_id ch_3, posted_date 2025-04-03, account_code 4000, "
        f"amount {amount}, currency EUR)"
        for record, amount in ((3, 30), (4, 35))
    )
    words = "2 different rows of this load have the same ledger_entry_id: "
    todo = ". Keep one of them, or give each its own key"
    assert bench.query("select _record, message from landing.quarantine order by all") == [
        (3, f"{words}{first} and {second}{todo}"),
        (4, f"{words}{second} and {first}{todo}"),
    ]


def test_rows_without_a_key_are_no_copies_of_each_other(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS + ",Nameless\n,Nameless\n")
    assert bench.land()["teams"].counts["quarantined"] == 2


def test_an_identical_copy_overlaps_nothing(bench: Bench) -> None:
    bench.write("feeds/outcome_links.csv", LINK + "a,w,,k,1,2025-01-01,2025-03-01\n" * 2)
    assert bench.land()["outcome_links"].counts["quarantined"] == 0


def test_a_row_excluded_does_not_share_its_key(bench: Bench) -> None:
    sql = "select id as team_id, label as name, case when label = 'Twin' then 'merged' end as _excluded, _file, _record"
    mapped(bench, f"{sql} from raw.export", EXPORT + "t1,Twin\n")
    assert bench.land()["teams"].counts["quarantined"] == 0


LINK = "link_id,work_item_id,initiative_id,key_result_id,weight,valid_from,valid_to\n"


@pytest.mark.parametrize(
    ("links", "rejected"),
    [
        ("a,w,,k,1,2025-01-01,2025-03-01\nb,w,,k,1,2025-02-01,2025-04-01\n", [1, 2]),
        ("a,w,,k,1,2025-01-01,2025-03-01\nb,w,,k,1,2025-03-01,2025-04-01\n", []),
        ("a,w,,k,1,,\nb,w,,k,1,2025-03-01,2025-04-01\n", [1, 2]),
        ("a,w,,k,1,,2025-03-01\nb,w,,k,1,2025-03-01,\n", []),
        ("a,w,,k,1,,\nb,,w,k,1,,\nc,w,,l,1,,\nd,v,,k,1,,\n", []),
        ("a,,i,k,1,2025-01-01,2025-12-31\nb,,i,k,1,2025-02-01,2025-03-01\nc,,i,k,1,2025-06-01,2025-07-01\n", [1, 2, 3]),
        ("a,w,,k,1,2025-01-01,\nb,w,,k,1,2025-01-01,\n", [1, 2]),
    ],
)
def test_overlapping_links_are_quarantined_all(bench: Bench, links: str, rejected: list[int]) -> None:
    bench.write("feeds/outcome_links.csv", LINK + links)
    bench.land()
    assert bench.query("select _record, rule from landing.quarantine order by all") == [
        (r, "overlap") for r in rejected
    ]


# what vanishes


def test_no_rows_after_many_fails_whatever_the_limit(bench: Bench) -> None:
    mapped(bench)
    bench.land()
    bench.write("data/export.csv", "id,label\n")
    before = bench.tree()
    with pytest.raises(LandingError, match=r"teams\.sql \(data/export\.csv\): feed teams has 0 good rows"):
        bench.land(rules=RULES.model_copy(update={"deleted_fail_share": 1.0}))
    assert bench.tree() == before


def test_no_good_row_after_many_fails(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    bench.write("feeds/teams.csv", "team_id,name\nt1,\nt2,\nt3,\nt4,\nt5,\n")
    refused(bench, "feed teams has 0 good rows, but the source had 5")


def test_a_feed_may_be_empty_from_the_start(bench: Bench) -> None:
    bench.write("feeds/teams.csv", "team_id,name\n")
    assert bench.land()["teams"].counts == counts()


def test_a_fifth_may_vanish(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    bench.write("feeds/teams.csv", TEAMS.replace("t5,Five\n", ""))
    bench.land()
    assert [key for (key,) in bench.current("teams", "team_id")] == ["t1", "t2", "t3", "t4"]


def test_more_than_a_fifth_may_not(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    bench.write("feeds/teams.csv", TEAMS.replace("t5,Five\n", "").replace("t4,Four\n", ""))
    refused(bench, r"it would delete 2 of 5 rows of feed teams \(40%, limit 20%\)")


def test_many_small_losses_are_each_held_against_the_load_before(bench: Bench) -> None:
    rows = TEAMS.splitlines()
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    bench.write("feeds/teams.csv", "\n".join(rows[:5]))
    bench.land()
    bench.write("feeds/teams.csv", "\n".join(rows[:4]))
    refused(bench, "it would delete 1 of 4 rows")


@pytest.mark.parametrize(
    ("feed", "header", "good", "unreadable"),
    [
        ("teams", "team_id,name", [f"t{i},x" for i in range(9)], ",x"),
        ("work_item_changes", "work_item_id,field,changed_at,change_seq",
         [f"w{i},f,2025-01-01,1" for i in range(9)], "w0,f,soon,1"),
        ("benefits", "benefit_id,month,scenario,initiative_id,benefit_type,amount,currency",
         [f"b{i},2025-01-01,actual,i,hard,1,EUR" for i in range(9)], "b0,2025-01-01,Actual,i,hard,1,EUR"),
        ("benefits", "benefit_id,month,scenario,initiative_id,benefit_type,amount,currency",
         [f"b{i},2025-01-01,actual,i,hard,1,EUR" for i in range(9)], "b0,2025-01-02,actual,i,hard,1,EUR"),
        ("exchange_rates", "rate_date,currency,rate_to_reporting",
         [f"2025-01-0{i},EUR,1" for i in range(1, 10)], "2025-01-01,eur,1"),
    ],
)  # fmt: skip
def test_a_key_that_breaks_its_contract_deletes_nothing(
    bench: Bench, feed: str, header: str, good: list[str], unreadable: str
) -> None:
    bench.write(f"feeds/{feed}.csv", "\n".join([header, *good]))
    bench.land()
    bench.write(f"feeds/{feed}.csv", "\n".join([header, unreadable, *good[5:]]))
    bench.land()
    assert bench.record(feed)["deletes"] is False
    assert len(bench.current(feed, header.split(",", maxsplit=1)[0])) == 9


def test_a_key_shared_by_two_rows_is_readable_and_the_rest_vanishes(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    bench.write("feeds/teams.csv", TEAMS.replace("t5,Five", "t4,Vier"))
    bench.land()
    assert [key for (key,) in bench.current("teams", "team_id")] == ["t1", "t2", "t3", "t4"]


def test_an_increment_never_deletes(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land(kind="increment")
    bench.write("feeds/teams.csv", "team_id,name\nt6,Six\nt1,Uno\n")
    bench.land(kind="increment")
    assert [name for _, name in bench.current("teams", "team_id,name")] == [
        "Uno",
        "Two",
        "Three",
        "Four",
        "Five",
        "Six",
    ]


def test_one_feed_of_a_snapshot_source_can_be_an_increment(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.write("feeds/products.csv", "product_id,name\np,P\n")
    bench.land(kinds={"teams": "increment"})
    kinds = bench.query("select feed, kind from landing.loads order by all")
    assert kinds == [("products", "snapshot"), ("teams", "increment")]


def test_a_snapshot_deletes_within_its_source_alone(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    bench.write("feeds/teams.csv", "team_id,name\nx,X\n")
    bench.land(name="other")
    assert len(bench.current("teams", "team_id")) == 6


# the same again


def test_the_same_file_twice_adds_nothing(bench: Bench) -> None:
    mapped(bench)
    first = bench.land()["teams"]
    before = bench.tree()
    second = bench.land(now=NOW + timedelta(days=1))["teams"]
    assert (second.outcome, second.load_id, second.counts, bench.tree()) == (
        "unchanged",
        first.load_id,
        first.counts,
        before,
    )


@pytest.mark.parametrize("change", ["mapping", "control", "key", "observed_at", "covers", "kind"])
def test_what_changes_the_load_lands_again(bench: Bench, change: str) -> None:
    mapped(bench)
    bench.land()
    if change == "mapping":
        bench.write("feeds/teams.sql", MAP_TEAMS.replace("label", "upper(label)"))
    if change == "control":
        bench.write("feeds/teams.control.sql", "select 'count(*)' as measure, 5 as expected")
    given: dict[str, Any] = {
        "key": {"key": b"another key"},
        "observed_at": {"observed_at": NOW + timedelta(days=1)},
        "covers": {"covers": {"teams": [["2025-01-01", "2026-01-01"]]}},
        "kind": {"kind": "increment"},
    }.get(change, {})
    assert bench.land(**given)["teams"].outcome == "landed"


def test_there_and_back_again_lands_thrice(bench: Bench) -> None:
    for name in ("One", "Uno", "One"):
        bench.write("feeds/teams.csv", TEAMS.replace("One", name))
        assert bench.land()["teams"].outcome == "landed"
    assert bench.load_count() == 3
    assert bench.current("teams", "team_id,name")[0] == ("t1", "One")


def test_the_order_of_landing_does_not_matter(tmp_path: Path) -> None:
    snapshots = {
        datetime(2025, 1, 1, tzinfo=UTC): TEAMS,
        datetime(2025, 2, 1, tzinfo=UTC): TEAMS.replace("One", "Uno") + "t6,Six\nt7,Seven\nt8,Eight\n",
        datetime(2025, 3, 1, tzinfo=UTC): "team_id,name,is_pilot\nt1,Un,true\n"
        + TEAMS.partition("One\n")[2].replace("\n", ",\n") + "t6,Six,\nt7,Seven,\n",
    }  # fmt: skip
    shown = []
    for number, order in enumerate(([0, 1, 2], [2, 1, 0], [1, 2, 0])):
        bench = Bench(tmp_path / str(number))
        for moment in [list(snapshots)[i] for i in order]:
            bench.write("feeds/teams.csv", snapshots[moment])
            bench.land(observed_at=moment)
        columns = "team_id, name, is_pilot, _record, _row_kind, load_seq, load_kind, deletes, observed_at"
        shown.append(
            (bench.query(f"select {columns} from landing.teams order by all"), bench.current("teams", "team_id,name"))
        )
    assert shown[0] == shown[1] == shown[2]


# the portfolio's folder


def test_the_portfolio_may_be_given_relative_or_through_a_link(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    mapped(bench)
    bench.write("feeds/products.csv", "product_id,name\np,P\n")
    monkeypatch.chdir(bench.folder.parent)
    bench.folder = Path("pf")
    bench.land()
    (bench.home.parent / "link").symlink_to(bench.folder)
    bench.folder = bench.home.parent / "link"
    assert {r.outcome for r in bench.land().values()} == {"unchanged"}


def test_places_with_odd_names_work(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "name=x" / 'it\'s [1]* "ü"' / "source=y")
    mapped(bench)
    bench.land()
    bench.write("data/export.csv", EXPORT.replace("One", ""))
    bench.land()
    assert bench.current("teams", "team_id,name")[0] == ("t1", "One")
    assert bench.query("select source, _file from landing.quarantine") == [("src", "data/export.csv")]


def test_a_source_may_be_called_by_a_number(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS + "t6,\n")
    bench.land(name="2024")
    assert bench.query("select distinct source from landing.teams union all select source from landing.quarantine") == [
        ("2024",),
        ("2024",),
    ]


def test_a_thousand_quotes_survive(bench: Bench) -> None:
    names = [f"'\";--\n{i}\t\\" for i in range(1000)]
    bench.write("feeds/teams.csv", as_csv([["team_id", "name"], *([f"t{i}", name] for i, name in enumerate(names))]))
    bench.land()
    assert [name for (name,) in bench.query("select name from landing.teams order by _record")] == names


def test_the_record_of_a_load_is_read_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A landing took longer with each load that was there: it read all of them three times."""
    bench.write("feeds/teams.csv", TEAMS)
    bench.land()
    read, seen = seals.read, list[Path]()
    monkeypatch.setattr(seals, "read", lambda folder, *more: seen.append(folder) or read(folder, *more))
    bench.write("feeds/teams.csv", TEAMS + "t6,Team six\n")
    bench.land(now=NOW + timedelta(days=1))
    assert len(seen) == len(set(seen)) == 1
