"""The mirror on the whole road: a refresh that finds it dead publishes all the same, and the next one catches up."""

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from dagster import materialize

from dagster_project.home import OWNER
from tests.end_to_end.conftest import Portfolio, Stage
from tests.end_to_end.harness import TINY, Said, copy_portfolio, read, served
from tests.postgres_server import PASSWORD, Server

pytestmark = pytest.mark.xdist_group("tiny")

DATABASE = "tiny"


@dataclass(frozen=True)
class Story:
    """What was said, command by command, while the mirror's database was missing and then made."""

    portfolio: Portfolio
    dead: Stage
    status: Said
    by_hand: Said
    caught_up: Stage
    status_then: Said
    by_hand_then: Said


def mirrored(folder: Path, url: str) -> Path:
    """Tiny's folder, with a mirror."""
    return copy_portfolio(TINY, folder, {"portfolio.yml": ("name: tiny", f"name: tiny\nmirror: {url}")})


@pytest.fixture(scope="module")
def story(postgres: Server, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Story]:
    folder = mirrored(tmp_path_factory.mktemp("mirrored") / "portfolio", postgres.url(DATABASE))
    portfolio = Portfolio(folder, kept.parent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTCOMES_MIRROR_PASSWORD", PASSWORD)
        dead, status, by_hand = portfolio.refresh(), portfolio.run("status"), portfolio.run("mirror")
        postgres.psql("postgres", f"create database {DATABASE}")
        caught_up, status_then, by_hand_then = portfolio.refresh(), portfolio.run("status"), portfolio.run("mirror")
        yield Story(portfolio, dead, status, by_hand, caught_up, status_then, by_hand_then)


@pytest.mark.slow
def test_a_dead_mirror_does_not_keep_a_refresh_from_publishing(tmp_path: Path) -> None:
    dead = Portfolio(mirrored(tmp_path / "portfolio", "postgresql://owner@127.0.0.1:1/nowhere"), tmp_path / "homes")

    stage = dead.refresh()

    assert (stage.said.exit_code, len(stage.versions)) == (0, 1)
    assert stage.version == stage.versions[0] and "Connection refused" in stage.said.err


def test_a_dead_mirror_is_a_warning_of_the_refresh(story: Story) -> None:
    assert story.dead.said.exit_code == 0
    assert "the mirror is behind: " in story.dead.said.err and 'database "tiny" does not exist' in story.dead.said.err


def test_status_and_the_command_say_that_it_is_behind(story: Story) -> None:
    assert story.status.exit_code == 0 and "Mirror: behind since" in story.status.out
    assert story.by_hand.exit_code == 1 and 'database "tiny" does not exist' in story.by_hand.err


def test_the_next_refresh_catches_up_though_nothing_is_new(story: Story) -> None:
    assert story.caught_up.said.exit_code == 0 and "Nothing new" in story.caught_up.said.out
    assert "mirror" not in story.caught_up.said.err
    assert "up to date since" in story.status_then.out
    assert story.by_hand_then.exit_code == 0 and "already" in story.by_hand_then.out


def test_the_mirror_says_what_the_served_version_says(story: Story, postgres: Server) -> None:
    file = served(story.portfolio.home)
    query = (
        "select metric_name, grain, period_start, member_id, value, numerator, n, status from metrics.fct_metric_values "
        "where dimension_name is not null order by metric_value_key"
    )

    mirrored = json.loads(postgres.psql(DATABASE, f"select json_agg(t) from ({query}) as t"))

    found = [tuple(row.values()) for row in mirrored]
    wanted = [
        tuple(None if v is None else v if isinstance(v, int | float) else str(v) for v in row)
        for row in read(file, query)
    ]
    assert found == wanted and len(wanted) > 500


def test_each_table_has_as_many_rows_and_comments_as_the_file(story: Story, postgres: Server) -> None:
    counted = {
        name: wanted["rows"]
        for name, wanted in json.loads((served(story.portfolio.home).parent / "manifest.json").read_text())[
            "tables"
        ].items()
    }
    rows = {name: int(postgres.psql(DATABASE, f"select count(*) from {name}")) for name in counted}
    commented = postgres.psql(
        DATABASE,
        "select count(*) filter (where col_description(attrelid, attnum) is null), count(*) from pg_attribute "
        "join pg_class on pg_class.oid = attrelid where attnum > 0 and relkind = 'r' "
        "and relnamespace::regnamespace::text in ('core', 'outcomes', 'metrics', 'audit')",
    )

    assert rows == counted
    assert commented == f"0|{duckdb_columns(served(story.portfolio.home))}"


def test_every_key_that_the_manifest_names_is_one_in_postgresql(story: Story, postgres: Server) -> None:
    keys = json.loads((served(story.portfolio.home).parent / "manifest.json").read_text())["keys"]
    wanted = {(name, "p", tuple(key["primary_key"])) for name, key in keys.items()} | {
        (name, "f", tuple(foreign["columns"])) for name, key in keys.items() for foreign in key["foreign_keys"]
    }

    found = postgres.psql(
        DATABASE,
        "select conrelid::regclass, contype, (select json_agg(attname order by attnum) from pg_attribute "
        "where attrelid = conrelid and attnum = any (conkey)) from pg_constraint "
        "where contype in ('p', 'f') and connamespace::regnamespace::text in ('core', 'outcomes', 'metrics')",
    )

    assert {
        (name, kind, tuple(json.loads(columns)))
        for name, kind, columns in (row.split("|") for row in found.splitlines())
    } == wanted
    assert len(wanted) > 130


def test_no_file_holds_the_mirror_s_password(story: Story) -> None:
    files = [path for path in story.portfolio.homes.rglob("*") if path.is_file()]

    assert not [path for path in files if PASSWORD.encode() in path.read_bytes()]
    assert all(PASSWORD not in said.out + said.err for said in (story.dead.said, story.status, story.by_hand))


def test_dagster_shows_how_it_ended(story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dagster_project.defs.publishing import postgres_mirror
    from dagster_project.defs.resource import RefreshRun

    monkeypatch.setenv("OUTCOMES_HOME", str(story.portfolio.homes))
    dead = mirrored(tmp_path / "dead", "postgresql://owner@127.0.0.1:1/nowhere")
    found = {}
    for folder in (story.portfolio.folder, dead):
        (story.portfolio.home / OWNER).unlink(missing_ok=True)  # each is a portfolio of its own
        result = materialize([postgres_mirror], resources={"refresh": RefreshRun(portfolio=str(folder))})
        [event] = result.asset_materializations_for_node("postgres_mirror")
        found[folder] = {name: value.value for name, value in event.metadata.items()}

    assert found[story.portfolio.folder]["outcome"] == "unchanged"
    assert found[dead]["outcome"] == "failed" and "Connection refused" in str(found[dead]["problem"])


def test_without_a_mirror_the_command_says_how_to_declare_one(tmp_path: Path) -> None:
    said = Portfolio(TINY, tmp_path).run("mirror")

    assert said.exit_code == 2 and "mirror: postgresql://" in said.err


def duckdb_columns(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        [count] = connection.execute(
            "select count(*) from duckdb_columns() where database_name = current_database()"
        ).fetchall()
    return count[0]
