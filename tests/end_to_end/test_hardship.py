"""Portfolios with nothing in them, homes that can't be written, disks that are full, and several refreshes at once."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.harness import (
    DECENTRALAND,
    ROOT,
    TINY,
    Said,
    clean_environment,
    command,
    environment,
    figures,
    outcomes,
    read,
    run,
    served,
    versions,
)

pytestmark = pytest.mark.xdist_group("hardship")

EMPTY = "name: empty\ntitle: Nothing yet\nreporting_currency: EUR\n"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """A portfolio of a name alone, as of now: its home, and what its refresh said."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "portfolio.yml").write_text(EMPTY)
    said = outcomes("refresh", home=folder / "homes", portfolio=folder)
    return folder / "homes" / "empty", said


@pytest.mark.slow
def test_a_portfolio_without_a_file_is_published(empty: tuple[Path, Said]) -> None:
    home, said = empty

    assert said.exit_code == 0, said.err
    assert "Nothing yet" in (home / "index.html").read_text()


@pytest.mark.slow
def test_without_a_file_nothing_is_measured(empty: tuple[Path, Said]) -> None:
    home, _ = empty

    found = read(
        served(home), "select distinct value, n, status from metrics.fct_metric_values where dimension_name = 'total'"
    )

    assert found == [(None, 0, "not_measured")]


def test_a_home_that_can_not_be_written_is_named(mounted: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)

    said = outcomes("refresh", home=mounted, portfolio=TINY)

    assert said.exit_code == 1
    assert str(mounted) in said.err
    assert "Read-only file system" in said.err
    assert "Traceback" not in said.err


@pytest.mark.slow
def test_a_full_disk_leaves_what_is_served(mounted: Path) -> None:
    assert outcomes("refresh", home=mounted, portfolio=TINY).exit_code == 0
    home = mounted / "tiny"
    shutil.rmtree(home / "build")
    before, kept = figures(served(home)), versions(home)
    free = os.statvfs(mounted)
    (mounted / "ballast").write_bytes(bytes(free.f_bavail * free.f_frsize - 3_000_000))

    said = outcomes("refresh", "--full", home=mounted, portfolio=TINY)

    assert said.exit_code == 1
    assert "no space left on the disk" in said.err and said.err.count("To fix") == 1
    assert "Last refresh: failed" in outcomes("status", home=mounted, portfolio=TINY).out
    assert "no space left on the disk" in (home / "index.html").read_text()
    assert "Traceback" not in said.err
    assert versions(home) == kept
    assert figures(served(home)) == before
    (mounted / "ballast").unlink()
    assert outcomes("refresh", "--full", home=mounted, portfolio=TINY).exit_code == 0


@pytest.mark.slow
def test_two_portfolios_are_refreshed_at_once(tmp_path: Path) -> None:
    lines = [clean_environment(ROOT, **environment(tmp_path, folder)) for folder in (TINY, DECENTRALAND)]
    at_once = [subprocess.Popen(command("refresh"), env=env, cwd=ROOT, stdout=subprocess.DEVNULL) for env in lines]

    assert [process.wait() for process in at_once] == [0, 0]
    assert served(tmp_path / "tiny").exists()
    assert served(tmp_path / "decentraland").exists()


@pytest.mark.slow
def test_of_two_refreshes_of_one_portfolio_the_second_gives_way(tmp_path: Path) -> None:
    env = clean_environment(ROOT, **environment(tmp_path, TINY))
    one = subprocess.Popen(command("refresh"), env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    while not (tmp_path / "tiny" / "build").exists():
        assert one.poll() is None

    other = run(command("refresh"), env)

    assert other.exit_code == 3
    assert "another refresh of tiny is running" in other.err
    assert one.wait() == 0


@pytest.mark.slow
def test_of_two_checks_of_one_portfolio_the_second_gives_way(tmp_path: Path) -> None:
    env = clean_environment(ROOT, **environment(tmp_path, TINY))
    one = subprocess.Popen(command("check"), env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    while not (tmp_path / "tiny" / "check" / "build").exists():
        assert one.poll() is None

    other = run(command("check"), env)

    assert other.exit_code == 3
    assert one.wait() == 0


@pytest.mark.slow
def test_a_portfolio_of_another_folder_does_not_take_over_a_home(tmp_path: Path) -> None:
    """Two folders with one name would mix their rows."""
    assert outcomes("refresh", home=tmp_path, portfolio=TINY).exit_code == 0
    before = figures(served(tmp_path / "tiny"))
    other = tmp_path / "other"
    (other / "feeds").mkdir(parents=True)
    (other / "portfolio.yml").write_text(EMPTY.replace("empty", "tiny") + "sources: [{name: office}]\n")
    (other / "feeds" / "teams.csv").write_text("team_id,name\nX1,Strangers\n")

    said = outcomes("refresh", home=tmp_path, portfolio=other)

    assert said.exit_code == 2
    assert "has the same name, tiny" in said.err
    assert figures(served(tmp_path / "tiny")) == before
