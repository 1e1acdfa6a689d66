"""SQL of a portfolio reads its raw files and nothing else, and writes nothing."""

from pathlib import Path

import pytest

from sources.errors import LandingError
from tests.sources.bench import EXPORT, MAP_TEAMS, TEAMS, Bench

READS = [
    "from read_text('/etc/passwd')",
    "from read_blob('/etc/passwd')",
    "from read_csv('/etc/passwd')",
    "from '/etc/passwd'",
    "from glob('/etc/*')",
    "from sniff_csv('/etc/passwd')",
    "from read_text('{outside}')",
    "from read_text('{folder}/data/../../outside.txt')",
    "from read_text('{home}/key')",
    "from read_text('{folder}/portfolio.yml')",
    "from read_json('{outside}')",
    "from parquet_metadata('{outside}')",
    "from read_csv('https://127.0.0.1:9/x.csv')",
    "from read_csv('s3://bucket/x.csv')",
    "from query('select * from read_text(''/etc/passwd'')')",
]
REFUSED = r"Permission|allowed|disabled|not supported|HTTP|[Ee]xtension|configuration|does not exist"
WRITES = [
    "copy (select 1) to '{folder}/data/out.csv'",
    "attach '{folder}/data/other.duckdb'",
    "install httpfs",
    "load httpfs",
    "pragma database_list",
    "set enable_external_access = true",
    "create table t as select 1",
    "insert into mapped.teams select 1",
    "drop schema raw cascade",
    "export database '{folder}/data'",
    "call pragma_version()",
    "explain select 1",
    "select 1; select 2",
    "select 1; copy (select 1) to '{folder}/data/out.csv'",
    "begin",
    "",
    "selec 1",
]


@pytest.fixture
def full(bench: Bench) -> Bench:
    """A portfolio with a mapping, and things that it must not reach."""
    bench.write("data/export.csv", EXPORT)
    bench.write("portfolio.yml", "secret")
    (bench.folder.parent / "outside.txt").write_text("secret")
    bench.home.mkdir()
    (bench.home / "key").write_text("secret")
    return bench


def fill(bench: Bench, sql: str) -> str:
    return sql.format(folder=bench.folder, home=bench.home, outside=bench.folder.parent / "outside.txt")


@pytest.mark.parametrize("clause", READS)
def test_a_mapping_reads_nothing_else(full: Bench, clause: str) -> None:
    full.write(
        "feeds/teams.sql", f"select 'a' as team_id, 'b' as name, _file, _record {fill(full, clause)}, raw.export"
    )
    with pytest.raises(LandingError, match=REFUSED):
        full.land()


@pytest.mark.parametrize("clause", READS)
def test_a_measure_reads_nothing_else(full: Bench, clause: str) -> None:
    full.write("feeds/teams.sql", MAP_TEAMS)
    measure = f"count(*) + 0 * (select count(*) {fill(full, clause)})".replace("'", "''")
    full.write("feeds/teams.control.sql", f"select '{measure}' as measure, 5 as expected")
    with pytest.raises(LandingError, match=REFUSED):
        full.land()


@pytest.mark.parametrize("sql", WRITES)
@pytest.mark.parametrize("file", ["teams.sql", "teams.control.sql"])
def test_anything_but_one_select_is_refused(full: Bench, file: str, sql: str) -> None:
    full.write("feeds/teams.sql", MAP_TEAMS)
    full.write(f"feeds/{file}", fill(full, sql))
    with pytest.raises(LandingError, match=file):
        full.land()
    assert sorted(p.name for p in (full.folder / "data").iterdir()) == ["export.csv"]


@pytest.mark.parametrize(
    "measure",
    [
        "count(*))::int; drop table checked.teams; select (1",
        "count(*)), (count(*)",
        "count(*) -- x\n), (1",
        "1;",
    ],
)
def test_a_measure_is_one_expression(full: Bench, measure: str) -> None:
    full.write("feeds/teams.sql", MAP_TEAMS)
    full.write("feeds/teams.control.sql", f"select $${measure}$$ as measure, 5 as expected")
    with pytest.raises(LandingError, match=r"teams\.control\.sql"):
        full.land()


def test_the_key_is_out_of_reach_of_sql(full: Bench) -> None:
    full.write("feeds/teams.sql", MAP_TEAMS)
    full.write(
        "feeds/teams.control.sql",
        "select $$any_value(length(getvariable('hmac_inner')::varchar))$$ as measure, null as expected",
    )
    assert full.land()["teams"].outcome == "landed"


@pytest.mark.parametrize(
    "place", ["data/link.csv", "data/link.txt", "data/folder", "feeds/teams.csv", "feeds/teams.sql"]
)
def test_a_link_that_leaves_the_portfolio_is_refused(full: Bench, place: str) -> None:
    target = full.folder.parent / ("elsewhere" if place.endswith("folder") else "outside.txt")
    if place.endswith("folder"):
        target.mkdir()
    (full.folder / place).symlink_to(target)
    with pytest.raises(LandingError, match=f"{Path(place).name}: it is a link that leaves the portfolio"):
        full.land()


def test_a_link_within_the_portfolio_is_read(full: Bench) -> None:
    full.write("elsewhere/teams.csv", TEAMS)
    (full.folder / "feeds/teams.csv").symlink_to(full.folder / "data/real.csv")
    full.write("data/real.csv", TEAMS)
    assert full.land()["teams"].counts["landed"] == 5


@pytest.mark.parametrize("path", ["..", "../..", "/etc", "data/../../other"])
def test_a_source_path_outside_the_portfolio_is_refused(full: Bench, path: str) -> None:
    with pytest.raises(LandingError, match="is outside the portfolio"):
        full.land(path=path)
