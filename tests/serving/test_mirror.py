"""The mirror: a version arrives in a real PostgreSQL whole, readers see old or new, and a bad mirror hurts nobody."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serving import mirror, versions
from serving.errors import MirrorError
from tests.postgres_server import PASSWORD, Server
from tests.serving.builds import FACTS, Built, make_build, publish_built

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("postgres")]

TRICKY = """
create table core.fct_tricky (
    id integer not null, amount decimal(28, 10), tiny decimal(18, 12), many bigint, share double, "Order" varchar, tags varchar[],
    day date, moment timestamp, zoned timestamptz, huge hugeint, small utinyint, pair struct(a integer, b varchar), flag boolean
);
insert into core.fct_tricky values
    (1, -999999999999999999.9999999999, 0.000000000001, 9223372036854775807, 0.1, 'a''b\\c"d', ['x', null, 'y,{"'],
     '0001-01-01', '1969-12-31 23:59:59.999999', '2026-03-29 01:30:00+01', 170141183460469231731687303715884105, 255, {a: 1, b: 'ü'}, true),
    (2, 0.0000000001, null, -9223372036854775808, 'nan', 'nul' || chr(0) || 'l', [], '9999-12-31', null, null, null, 0, null, false),
    (3, null, null, null, null, '', null, null, null, null, null, null, null, null);
comment on column core.fct_tricky."Order" is 'It''s in order';
"""
ARRIVED = """
1|-999999999999999999.9999999999|0.000000000001|9223372036854775807|0.1|a'b\\c"d|{x,NULL,"y,{\\""}|0001-01-01|1969-12-31 23:59:59.999999|2026-03-29 00:30:00+00|170141183460469231731687303715884105|255|{"a":1,"b":"ü"}|t
2|0.0000000001||-9223372036854775808|NaN|nul\ufffdl|{}|9999-12-31||||0||f
3|||||||||||||
""".strip()


@pytest.fixture
def target(postgres: Server, database: str) -> mirror.Target:
    """Where the test's mirror is: by the network, with a password, as the owner."""
    return mirror.Target(postgres.url(database), PASSWORD, "outcomes_reader", seconds=60)


def publish_marked(home: Path, built: Built, folder: Path, mark: int) -> versions.Version:
    """Publish a build that says `mark` in three tables, as version `mark`."""
    return publish_built(home, Built(make_build(folder / f"{mark}.duckdb", mark=float(mark)), built.records), mark)


def shown(postgres: Server, database: str) -> str:
    """What readers see in the mirror: the mark in each of three tables."""
    return postgres.psql(database, INVARIANT)


INVARIANT = """
select (select min(reporting_amount)::int from core.fct_ledger_entries),
    (select max(value)::int from metrics.fct_metric_values),
    (select max(cost_reporting_amount)::int from outcomes.value_realization)
"""


def test_every_table_arrives_with_all_its_rows(
    published: versions.Version, target: mirror.Target, postgres: Server, database: str
) -> None:
    mirror.mirror(published, target)

    for table, wanted in published.manifest["tables"].items():
        assert postgres.psql(database, f"select count(*) from {table}") == str(wanted["rows"]), table
    assert len(published.manifest["tables"]) == 9


def test_values_arrive_as_they_are(
    home: Path, built: Built, tmp_path: Path, target: mirror.Target, postgres: Server, database: str
) -> None:
    build = make_build(tmp_path / "tricky.duckdb", extra=TRICKY)
    mirror.mirror(publish_built(home, Built(build, built.records)), target)

    rows = postgres.psql(database, "set timezone = 'UTC'; select * from core.fct_tricky order by id")

    assert rows.removeprefix("SET\n") == ARRIVED


def test_comments_come_along(
    home: Path, built: Built, tmp_path: Path, target: mirror.Target, postgres: Server, database: str
) -> None:
    build = make_build(tmp_path / "tricky.duckdb", extra=TRICKY)
    version = publish_built(home, Built(build, built.records))
    mirror.mirror(version, target)

    said = postgres.psql(
        database,
        "select obj_description('core.dim_initiative'::regclass), col_description('core.fct_tricky'::regclass, 6), "
        "obj_description('audit.fct_check_results'::regclass), obj_description('core'::regnamespace)",
    )

    assert said == (
        "One row an initiative.|It's in order|One row per check and refresh: the result of the check. "
        "is_current marks the refresh that made this version.|"
        f"Outcome Warehouse: portfolio tiny, version {version.version}, as of 2026-04-27T23:59:59+00:00"
    )


def test_keys_of_the_manifest_are_constraints(
    home: Path, built: Built, target: mirror.Target, postgres: Server, database: str
) -> None:
    declared = FACTS["keys"] | {
        "outcomes.value_realization": {
            "primary_key": ["id"],
            "foreign_keys": [
                {"columns": ["name"], "table": "core.dim_initiative", "referenced_columns": ["initiative_id"]}
            ],
        }
    }
    extra = (
        "delete from outcomes.value_realization; insert into outcomes.value_realization (id, name) values ('a', 'I-1')"
    )
    build = make_build(home.parent / "keys.duckdb", extra=extra)
    mirror.mirror(publish_built(home, Built(build, built.records), facts={"keys": declared}), target)

    found = postgres.psql(
        database,
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint "
        "where connamespace::regnamespace::text in ('core', 'outcomes', 'metrics', 'audit') order by 1, 2",
    )

    assert found.splitlines() == [
        "audit.fct_check_results|PRIMARY KEY (refresh_id, suite, check_name)",
        "core.dim_initiative|PRIMARY KEY (initiative_key)",
        "core.dim_initiative|UNIQUE (initiative_id)",
        "core.fct_ledger_entries|FOREIGN KEY (initiative_key) REFERENCES core.dim_initiative(initiative_key)",
        "core.fct_ledger_entries|PRIMARY KEY (ledger_entry_key)",
        "outcomes.value_realization|FOREIGN KEY (name) REFERENCES core.dim_initiative(initiative_id)",
        "outcomes.value_realization|PRIMARY KEY (id)",
    ]


def test_the_reader_may_read_and_nothing_else(
    published: versions.Version, target: mirror.Target, postgres: Server, database: str
) -> None:
    mirror.mirror(published, target)
    user = f"{database}_anna"
    postgres.psql(database, f"create role {user} login in role outcomes_reader")

    assert postgres.psql(database, "select count(*) from core.dim_initiative", user) == "2"
    for forbidden in ("delete from core.dim_initiative", "create table core.mine ()", "drop schema core cascade"):
        said = postgres.psql(database, forbidden, user, check=False)
        assert "permission denied" in said or "must be owner" in said, said


def test_a_role_that_may_not_be_made_is_asked_for(published: versions.Version, postgres: Server, database: str) -> None:
    user = f"{database}_plain"
    postgres.psql(
        database, f"create role {user} login password '{PASSWORD}'; grant create on database {database} to {user}"
    )
    plain = mirror.Target(postgres.url(database, user), PASSWORD, f"{database}_readers", seconds=60)

    said = mirror.mirror(published, plain)

    assert f"create role {database}_readers" in said["note"]
    assert postgres.psql(database, "select count(*) from core.dim_initiative", user) == "2"


def test_a_version_that_is_there_is_not_copied_again(home: Path, built: Built, target: mirror.Target) -> None:
    publish_built(home, built)

    assert [mirror.follow(home, target).outcome for _ in range(2)] == ["copied", "unchanged"]
    assert mirror.follow(home, target, full=True).outcome == "copied"


def test_it_follows_what_is_served_also_backwards(
    home: Path, built: Built, tmp_path: Path, target: mirror.Target, postgres: Server, database: str
) -> None:
    seen: list[str] = []
    for number in (1, 2):
        mirror.mirror(publish_marked(home, built, tmp_path, number), target)
        seen.append(shown(postgres, database))
    mirror.mirror(versions.rollback(home), target)

    assert [*seen, shown(postgres, database)] == ["1|1|1", "2|2|2", "1|1|1"]


# what goes wrong


def test_a_dead_server_is_told_and_kept(home: Path, built: Built) -> None:
    version = publish_built(home, built)
    dead = mirror.Target("postgresql://owner:s3cret@127.0.0.1:1/nowhere", seconds=60)

    told = mirror.follow(home, dead)

    assert told == mirror.last(home)
    assert (told.outcome, told.version, told.is_behind) == ("failed", version.version, True)
    assert "Connection refused" in str(told.problem)


def test_a_frozen_server_is_given_up(home: Path, built: Built, target: mirror.Target, postgres: Server) -> None:
    publish_built(home, built)
    os.kill(postgres.pid, signal.SIGSTOP)  # it accepts connections, and answers none
    try:
        told = mirror.follow(home, mirror.Target(target.url, PASSWORD, seconds=2))
    finally:
        os.kill(postgres.pid, signal.SIGCONT)

    assert "took longer than 2 s" in str(told.problem)


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://owner:s3cret@127.0.0.1:{port}/{database}", None),
        ("postgresql://owner@127.0.0.1:{port}/{database}", "s3cret"),
        ("postgresql://owner@127.0.0.1:{port}/{database}?password=s3cret", None),
        ("postgresql://owner:s3cret%zz@127.0.0.1:{port}/{database}", None),
        ("postgresql://owner:s3cret@127.0.0.1:port/{database}", None),
    ],
)
def test_no_message_and_no_file_holds_the_password(
    home: Path, built: Built, postgres: Server, database: str, url: str, password: str | None
) -> None:
    publish_built(home, built)

    told = mirror.follow(home, mirror.Target(url.format(port=postgres.port, database=database), password, seconds=60))

    assert told.is_behind
    assert "s3cret" not in repr(told)
    assert not [path for path in home.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]


def test_a_value_that_does_not_fit_changes_nothing_and_the_next_version_arrives(
    home: Path, built: Built, tmp_path: Path, target: mirror.Target, postgres: Server, database: str
) -> None:
    mirror.mirror(publish_marked(home, built, tmp_path, 1), target)
    extra = "create table core.fct_ends as select timestamp 'infinity' as ends_at"
    endless = Built(make_build(tmp_path / "endless.duckdb", mark=2.0, extra=extra), built.records)

    with pytest.raises(MirrorError, match=r"core\.fct_ends\.ends_at contains an infinite timestamp"):
        mirror.mirror(publish_built(home, endless, 2), target)
    kept = shown(postgres, database)
    mirror.mirror(publish_marked(home, built, tmp_path, 3), target)

    assert (kept, shown(postgres, database)) == ("1|1|1", "3|3|3")
    assert postgres.psql(database, "select count(*) from pg_namespace where nspname like '%\\_\\_%'") == "0"


@pytest.mark.parametrize("left", ["core__next", "core__old"])
def test_what_a_killed_mirroring_left_is_cleared_away(
    left: str, home: Path, built: Built, tmp_path: Path, target: mirror.Target, postgres: Server, database: str
) -> None:
    mirror.mirror(publish_marked(home, built, tmp_path, 1), target)
    postgres.psql(
        database, f"create schema {left}; create table {left}.dim_initiative as select * from core.dim_initiative"
    )
    mark = postgres.psql(database, "select obj_description('core'::regnamespace)")
    postgres.psql(database, f"comment on schema {left} is '{mark}'")

    mirror.mirror(publish_marked(home, built, tmp_path, 2), target)

    assert shown(postgres, database) == "2|2|2"
    assert postgres.psql(database, f"select count(*) from pg_namespace where nspname = '{left}'") == "0"


def test_a_schema_of_someone_else_is_left_alone(
    published: versions.Version, target: mirror.Target, postgres: Server, database: str
) -> None:
    postgres.psql(database, "create schema metrics; create table metrics.theirs as select 1 as one")

    with pytest.raises(MirrorError, match="a schema metrics that the mirror did not make"):
        mirror.mirror(published, target)

    assert postgres.psql(database, "select one from metrics.theirs") == "1"


def test_two_portfolios_do_not_share_a_database(
    home: Path, built: Built, published: versions.Version, target: mirror.Target
) -> None:
    mirror.mirror(published, target)

    with pytest.raises(MirrorError, match="belongs to portfolio tiny"):
        mirror.mirror(publish_built(home, built, facts={"portfolio": "other"}), target)


def test_a_view_that_someone_made_on_it_is_named_and_kept(
    home: Path, built: Built, tmp_path: Path, target: mirror.Target, postgres: Server, database: str
) -> None:
    mirror.mirror(publish_marked(home, built, tmp_path, 1), target)
    postgres.psql(database, "create view public.mine as select * from core.dim_initiative")

    with pytest.raises(MirrorError, match=r"view mine depends on table core\.dim_initiative"):
        mirror.mirror(publish_marked(home, built, tmp_path, 2), target)

    assert postgres.psql(database, "select count(*) from public.mine") == "2"
    assert shown(postgres, database) == "1|1|1"


def test_two_mirrorings_do_not_meet(published: versions.Version, target: mirror.Target) -> None:
    with mirror._session(target) as session, session.cursor() as cursor:
        mirror._begin(cursor, target)

        with pytest.raises(MirrorError, match="another mirroring is running"):
            mirror.mirror(published, target)


# readers


@contextmanager
def reading(target: mirror.Target) -> Generator[None]:
    """Someone in a transaction that has read one table and stays in it."""
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(target.dsn) as session, session.cursor() as cursor:
        cursor.execute("select count(*) from core.dim_initiative")
        cursor.fetchall()
        yield


def test_a_reader_who_stays_keeps_what_he_sees(
    home: Path,
    built: Built,
    tmp_path: Path,
    target: mirror.Target,
    postgres: Server,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mirror, "SWAP_SECONDS", 1)
    mirror.mirror(publish_marked(home, built, tmp_path, 1), target)
    second = publish_marked(home, built, tmp_path, 2)

    with reading(target), pytest.raises(MirrorError, match="readers held the old tables"):
        mirror.mirror(second, target)
    during = shown(postgres, database)
    mirror.mirror(second, target)

    assert (during, shown(postgres, database)) == ("1|1|1", "2|2|2")


# Prints {"reads", "errors", "mixed", "seen"}. Statements name the tables in different orders, some in one transaction.
READER = """
import json, sys, time
from pathlib import Path
from adbc_driver_postgresql import dbapi

dsn, stop, kind = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
tables = ["min(reporting_amount)::float8 from core.fct_ledger_entries", "max(value) from metrics.fct_metric_values",
    "max(cost_reporting_amount)::float8 from outcomes.value_realization"]
told = {"reads": 0, "errors": [], "mixed": 0, "seen": []}

def read(cursor, tables):
    cursor.execute("select " + ", ".join(f"(select {table})" for table in tables))
    return cursor.fetchone()

def serve(session):
    with session.cursor() as cursor:
        if kind == "transaction":
            row = [value for table in tables for value in read(cursor, [table])]
            session.commit()
        else:
            row = read(cursor, tables[::-1] if kind == "backwards" else tables)
    told["reads"] += 1
    told["mixed"] += len(set(row)) != 1
    told["seen"] += [row[0]] if row[0] not in told["seen"] else []

Path(f"{stop}-{kind}").touch()
while not stop.exists():
    try:
        with dbapi.connect(dsn, autocommit=kind != "transaction") as session:
            for _ in range(1 if kind == "reconnecting" else 10**9):
                if stop.exists():
                    break
                serve(session)
                time.sleep(0.002)
    except Exception as error:
        told["errors"].append(str(error))
print(json.dumps(told))
"""
KINDS = ("forwards", "backwards", "transaction", "reconnecting")


@pytest.mark.parametrize("swaps", [20, pytest.param(100, marks=pytest.mark.slow)])
def test_readers_during_swaps_see_old_or_new(
    swaps: int, home: Path, built: Built, tmp_path: Path, target: mirror.Target
) -> None:
    marked = [publish_marked(home, built, tmp_path, number) for number in (1, 2)]
    mirror.mirror(marked[0], target)
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, target.dsn, str(stop), kind], stdout=subprocess.PIPE, text=True)
        for kind in KINDS
    ]
    try:
        while not all(Path(f"{stop}-{kind}").exists() for kind in KINDS):
            assert all(reader.poll() is None for reader in readers)
        for number in range(1, swaps + 1):
            mirror.mirror(marked[number % 2], target)
    finally:
        stop.touch()
    told = [json.loads(reader.communicate(timeout=60)[0]) for reader in readers]

    assert [(reader["errors"], reader["mixed"]) for reader in told] == [([], 0)] * len(KINDS)
    assert all(sorted(reader["seen"]) == [1.0, 2.0] for reader in told), "a reader saw no change: it shows nothing"
