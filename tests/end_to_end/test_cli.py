"""The `outcomes` command: what it prints, what it refuses, and how it ends."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from dagster_project.cli import app
from expectations.lock import read_lock
from tests.end_to_end.conftest import Portfolio, Stage
from tests.end_to_end.harness import (
    ROOT,
    TINY,
    Said,
    clean_environment,
    command,
    copy_portfolio,
    environment,
    outcomes,
    run,
)

pytestmark = pytest.mark.xdist_group("tiny")

COMMANDS = sorted(str(found.name or found.callback.__name__) for found in app.registered_commands if found.callback)


def test_every_promised_command_is_there() -> None:
    assert {"check", "query", "refresh", "rollback", "status", "versions"} <= set(COMMANDS)


def test_every_command_is_in_the_readme() -> None:
    page = (ROOT / "README.md").read_text()

    assert [name for name in COMMANDS if f"`outcomes {name}" not in page] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example(name: str, tmp_path: Path) -> None:
    said = outcomes(name, "--help", home=tmp_path, portfolio=TINY)

    assert said.exit_code == 0
    assert f"Example: outcomes {name}" in said.out


def test_a_folder_without_a_portfolio_is_wrong_usage(tmp_path: Path) -> None:
    said = outcomes("refresh", "--portfolio", tmp_path / "nowhere", home=tmp_path, portfolio=TINY)

    assert said.exit_code == 2
    assert str(tmp_path / "nowhere" / "portfolio.yml") in said.err
    assert "To fix:" in said.err


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("time_zone: Europe/Berlin", "time_zone: Berlin", "time_zone"),
        ("fiscal_year_start_month: 4", "fiscal_year_start_month: 13", "fiscal_year_start_month"),
        ("max_rate_age_days: 31", "max_age: 31", "max_age"),
        ("reporting_currency: EUR", "reporting_currency: EURO", "reporting_currency"),
        ("    kind: snapshot", "    kind: photograph", "sources.0.kind"),
        ("title: Tiny", "title: [Tiny", "YAML"),
    ],
)
def test_a_wrong_key_is_named(old: str, new: str, key: str, tmp_path: Path) -> None:
    folder = copy_portfolio(TINY, tmp_path / "wrong", {"portfolio.yml": (old, new)})

    said = outcomes("refresh", home=tmp_path, portfolio=folder)

    assert said.exit_code == 2
    assert str(folder / "portfolio.yml") in said.err
    assert key in said.err
    assert "Traceback" not in said.err


def test_a_scale_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    said = outcomes("generate", tmp_path / "acme", "--scale", "0", home=tmp_path, portfolio=TINY)

    assert (said.exit_code, (tmp_path / "acme").exists()) == (2, False)
    assert "To fix:" in said.err


def test_a_company_is_not_made_up_over_another_portfolio(tmp_path: Path) -> None:
    folder = copy_portfolio(TINY, tmp_path / "tiny")
    before = sorted(folder.rglob("*"))

    said = outcomes("generate", folder, home=tmp_path, portfolio=TINY)

    assert (said.exit_code, sorted(folder.rglob("*"))) == (1, before)
    assert "weren't generated" in said.err


def test_a_second_refresh_at_the_same_time_is_told_to_wait(tiny: Portfolio, first: Stage) -> None:
    with FileLock(first.home / ".lock"):
        said = tiny.run("refresh")

    assert said.exit_code == 3
    assert said.err.startswith("outcomes: ")
    assert "another refresh of tiny is running" in said.err


def test_before_anything_is_published(before: dict[str, Said]) -> None:
    assert {name: said.exit_code for name, said in before.items()} == {
        "status": 1,
        "query": 2,
        "versions": 0,
        "rollback": 1,
        "check": 2,
    }
    assert "nothing is published yet" in before["status"].out
    for name in ("query", "rollback", "check"):
        assert "outcomes refresh" in before[name].err


def test_status_shows_version_age_checks_and_figures(tiny: Portfolio, recovered: Stage) -> None:
    said = tiny.run("status")

    assert said.exit_code == 0
    assert f"version {recovered.version}, as of 30 Jun 2025" in said.out
    assert "old" in said.out
    assert "passed" in said.out
    assert "23.8 days" in said.out
    assert said.err == ""


def test_a_refresh_counts_the_metrics_that_status_names(tiny: Portfolio, recovered: Stage) -> None:
    said = " ".join(recovered.said.out.split())
    named = " ".join(tiny.run("status").out.split())

    found = re.search(r"Not measured: (\d+) metrics \((.*?)\)\. To see which: ", said)
    assert found is not None
    by_reason = [int(count) for count in re.findall(r": (\d+)", found[2])]
    lists = re.findall(r"Not measured \([^:]*\): (.*?)(?= Not measured| Warned|$)", named)
    assert sum(by_reason) == int(found[1]) == sum(len(labels.split(" · ")) for labels in lists)


SQL = "select n, value, metric_name, null as nothing from metrics.fct_metric_values where metric_name = 'delivered' and grain = 'all' and dimension_name = 'total'"


def test_query_prints_a_table(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    said = tiny.run("query", SQL)

    assert said.exit_code == 0
    assert "delivered" in said.out
    assert said.out.splitlines()[-1] == "1 row"


def test_query_prints_csv(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    said = tiny.run("query", SQL, "--format", "csv")

    assert list(csv.reader(io.StringIO(said.out))) == [
        ["n", "value", "metric_name", "nothing"],
        ["19", "19.0", "delivered", ""],
    ]


def test_query_prints_json(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    said = tiny.run("query", SQL, "--format", "json")

    assert json.loads(said.out) == [{"n": 19, "value": 19.0, "metric_name": "delivered", "nothing": None}]


@pytest.mark.parametrize(
    "sql",
    [
        "create table metrics.mine as select 1",
        "delete from metrics.fct_metric_values",
        "drop table metrics.fct_metric_values",
        "copy (select 1) to '{folder}/stolen.csv'",
        "select * from read_csv('{folder}/portfolio.yml')",
        "select * from '{folder}/data/ledger.csv'",
        "attach '{folder}/mine.duckdb' as mine",
        "export database '{folder}/all'",
        "set enable_external_access = true",
        "install httpfs",
        "load httpfs",
        "select * from no_such_table",
        "selekt 1",
    ],
)
def test_query_only_reads_what_is_published(sql: str, tiny: Portfolio, recovered: Stage) -> None:
    before = sorted(tiny.folder.rglob("*"))

    said = tiny.run("query", sql.format(folder=str(tiny.folder).replace("'", "''")))

    assert said.exit_code == 1
    assert said.out == ""
    assert "To fix:" in said.err
    assert sorted(tiny.folder.rglob("*")) == before
    assert recovered.version


def test_metrics_are_listed_with_what_they_say(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    said = tiny.run("metrics", "list", "--format", "csv")

    rows = {row["metric_name"]: row for row in csv.DictReader(io.StringIO(said.out))}
    assert set(rows) == set(read_lock())
    assert rows["nps"]["unit"] == "points"


def test_a_metric_is_shown_with_its_meaning_and_where_it_is_published(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    said = tiny.run("metrics", "show", "on_time_rate")

    assert "done by the due date ÷ due and not cancelled" in said.out
    assert "initiative" in said.out and "fiscal_year" in said.out


def test_a_metric_s_sql_is_printed_on_demand(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    sql = tiny.run("metrics", "show", "on_time_rate", "--sql").out

    assert sql.startswith("-- total by month\n") and "\n-- team by month\n" in sql
    assert "is_on_time" not in tiny.run("metrics", "show", "on_time_rate").out


def test_a_metric_is_queried_by_dimension_grain_and_condition(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    said = tiny.run(
        *("metrics", "query", "delivered", "--by", "team", "--grain", "month", "--format", "csv"),
        *("--where", "period_start >= '2025-01-01' and n > 0"),
    )

    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert rows and all(row["period_start"] >= "2025-01-01" and row["value"] == f"{row['n']}.0" for row in rows)


@pytest.mark.parametrize(
    ("arguments", "offered"),
    [
        (("show", "on_tim_rate"), "choose one of on_time_rate"),
        (("query", "nps", "--grain", "decade"), "--by total --grain"),
        (("query", "nps", "--by", "country"), "--by total --grain"),
    ],
)
def test_what_is_not_measured_is_said_with_what_is(
    arguments: tuple[str, ...], offered: str, tiny: Portfolio, recovered: Stage
) -> None:
    assert recovered.version
    said = tiny.run("metrics", *arguments)

    assert said.exit_code == 2
    assert offered in said.err


@pytest.mark.parametrize("name", ["list", "show", "query"])
def test_help_of_metrics_shows_an_example(name: str, tmp_path: Path) -> None:
    assert f"Example: outcomes metrics {name}" in outcomes("metrics", name, "--help", home=tmp_path, portfolio=TINY).out


def test_rollback_serves_the_version_before(
    first: Stage, recovered: Stage, rolled_back: tuple[Stage, Said, Stage]
) -> None:
    back, listed, forth = rolled_back

    assert back.said.exit_code == 0
    assert back.version == first.version
    assert f"Version {first.version} is served." in back.said.out
    assert forth.version == recovered.version
    assert forth.versions == recovered.versions
    shown = [line for line in listed.out.splitlines() if "2025-06-30" in line or str(first.version) in line]
    assert [("served" in line) for line in shown if str(first.version) in line] == [True]


def test_versions_lists_the_newest_first(recovered: Stage, rolled_back: tuple[Stage, Said, Stage]) -> None:
    listed = rolled_back[1].out

    assert listed.index(str(recovered.versions[1])) < listed.index(str(recovered.versions[0]))


def test_rollback_to_what_is_not_there_changes_nothing(tiny: Portfolio, rolled_back: tuple[Stage, Said, Stage]) -> None:
    said = tiny.run("rollback", "01ARZ3NDEKTSV4RRFFQ69G5FAV")

    assert said.exit_code == 1
    assert "there is no version 01ARZ3NDEKTSV4RRFFQ69G5FAV" in said.err
    assert (tiny.home / "serve" / "current").readlink().name == rolled_back[2].version


def test_dashboard_draws_any_kept_version_and_leaves_it_alone(
    tiny: Portfolio, rolled_back: tuple[Stage, Said, Stage], tmp_path: Path
) -> None:
    version = rolled_back[2].versions[0]
    kept = tiny.home / "serve" / version / "index.html"
    before = (kept.stat().st_mtime_ns, kept.read_bytes())
    said = tiny.run("dashboard", "--version", version, "--output", tmp_path / "review.html")

    assert said.exit_code == 0, said.err
    assert f"<code>{version}</code>" in (tmp_path / "review.html").read_text()
    assert (kept.stat().st_mtime_ns, kept.read_bytes()) == before


def test_dashboard_without_a_version_draws_the_page_that_people_open(
    tiny: Portfolio, rolled_back: tuple[Stage, Said, Stage]
) -> None:
    (tiny.home / "index.html").write_text("spoilt")
    said = tiny.run("dashboard")

    assert said.exit_code == 0, said.err
    assert f"<code>{rolled_back[2].version}</code>" in (tiny.home / "index.html").read_text()


def test_dashboard_of_a_version_that_is_not_there(tiny: Portfolio, rolled_back: tuple[Stage, Said, Stage]) -> None:
    assert rolled_back
    said = tiny.run("dashboard", "--version", "01ARZ3NDEKTSV4RRFFQ69G5FAV")

    assert said.exit_code == 1
    assert "there is no version 01ARZ3NDEKTSV4RRFFQ69G5FAV" in said.err


def test_rows_of_a_check_that_does_not_exist(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    said = tiny.run("check", "--rows", "no_such_check")

    assert said.exit_code == 2
    assert "no_such_check" in said.err


@pytest.fixture(scope="module")
def unchanged(tiny: Portfolio, recovered: Stage) -> Path:
    """The home of a portfolio for which nothing is new."""
    assert recovered.version
    return tiny.homes


def test_piped_a_process_of_its_own_is_quiet(tiny: Portfolio, unchanged: Path) -> None:
    said = run(command("refresh"), clean_environment(ROOT, **environment(unchanged, tiny.folder)))

    assert said.exit_code == 0
    assert said.err == ""
    assert said.out.startswith("Nothing new")


def test_where_nothing_is_new_nothing_is_started(tiny: Portfolio, unchanged: Path) -> None:
    """Importing them takes longer than finding that nothing is new."""
    code = """
import atexit, sys
atexit.register(lambda: print(*{name.partition(".")[0] for name in sys.modules}))
from dagster_project.cli import app
app()
"""
    said = run([sys.executable, "-c", code, "refresh"], clean_environment(ROOT, **environment(unchanged, tiny.folder)))

    assert said.out.startswith("Nothing new")
    imported = set(said.out.splitlines()[-1].split())
    assert "duckdb" in imported
    assert not imported & {"dagster", "dagster_dbt", "dbt", "great_expectations", "metricflow", "pandas"}


def test_on_a_terminal_it_shows_its_steps(tiny: Portfolio, unchanged: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("refresh"),
        env=clean_environment(ROOT, **environment(unchanged, tiny.folder)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the terminal of a process that has ended
            break
        if not part:
            break
        shown += part
    out = process.communicate()[0]
    os.close(ours)

    assert process.returncode == 0
    steps = [line for line in shown.decode().splitlines() if line.startswith("[")]
    assert [line.split("] ")[1].split()[0] for line in steps] == ["land", "freeze"]
    assert "nothing new" in steps[-1]
    assert b"Nothing new" in out
