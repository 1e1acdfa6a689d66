"""A damaged served version: each command says what is damaged and what to do, and the way back is short."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_project.run import opened
from dagster_project.settings import workspace
from serving import versions
from tests.end_to_end.harness import TINY, Said, outcomes
from tests.serving.builds import cut, damage, publish_two, ulid

COMMANDS = [
    ("status",),
    ("query", "select 1"),
    ("dashboard",),
    ("metrics", "query", "cost"),
    ("metrics", "list"),
    ("unlinked",),
    ("verify",),
    ("doctor",),
]
SERVED = ulid(2)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody changes it."""
    return publish_two(tmp_path_factory.mktemp("original"))


@pytest.fixture
def home(original: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(original / "tiny", tmp_path / "tiny", symlinks=True))


def run(home: Path, *arguments: str) -> Said:
    return outcomes(*arguments, home=home.parent, portfolio=TINY)


def _as_a_folder(serve: Path) -> None:
    (serve / "current").unlink()
    shutil.copytree(serve / SERVED, serve / "current")


def _remove(folder: Path) -> None:
    shutil.rmtree(folder)


HARMS: dict[str, Callable[[Path], None]] = {
    "truncated warehouse": lambda serve: cut(serve / SERVED / "warehouse.duckdb"),
    "missing warehouse": lambda serve: (serve / SERVED / "warehouse.duckdb").unlink(),
    "cut manifest": lambda serve: cut(serve / SERVED / "manifest.json", 100),
    "missing manifest": lambda serve: (serve / SERVED / "manifest.json").unlink(),
    "no link": lambda serve: (serve / "current").unlink(),
    "a folder for a link": _as_a_folder,
    "version gone": lambda serve: _remove(serve / SERVED),
}


@pytest.fixture(params=HARMS)
def harmed(request: pytest.FixtureRequest, home: Path) -> Path:
    """A home with one kind of damage."""
    HARMS[request.param](home / "serve")
    return home


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_says_what_to_do(harmed: Path, command: tuple[str, ...]) -> None:
    said = run(harmed, *command)

    assert said.exit_code == 1
    assert "serve" in said.err + said.out
    assert "To fix:" in said.err + said.out


def test_versions_are_listed_whatever_is_damaged(harmed: Path) -> None:
    said = run(harmed, "versions")

    assert said.exit_code == 0
    assert ulid(1) in said.out


def test_a_refresh_first_serves_the_newest_whole_version(harmed: Path) -> None:
    found = versions.list_versions(harmed)
    whole = next(version.version for version in found if not versions.verify(version))
    space = workspace(TINY).model_copy(update={"home": harmed})

    with opened(space) as refresh:
        [said] = refresh.warnings

    served = versions.served(harmed)
    assert served is not None and served.version == whole
    assert f"Version {whole}, the newest whole one, is served." in said
    assert versions.verify(served) == []


def test_nothing_is_healed_where_all_is_whole(home: Path) -> None:
    assert versions.heal(home) is None


def test_without_a_whole_version_nothing_changes(home: Path) -> None:
    for number in (1, 2):
        cut(home / "serve" / ulid(number) / "warehouse.duckdb")

    said = versions.heal(home)

    assert said is not None and "No other version is whole" in said
    assert versions.served_name(home) == SERVED
    assert versions.served_if_whole(home) is None


def test_repair_serves_a_whole_version_and_keeps_the_damaged_one_aside(home: Path) -> None:
    damage(home / "serve" / SERVED / "warehouse.duckdb", 100)  # at a glance it is whole

    said = run(home, "verify", "--repair")

    assert said.exit_code == 1
    assert versions.served_name(home) == ulid(1)
    assert (home / "damaged" / SERVED / "warehouse.duckdb").exists()
    assert (run(home, "verify").exit_code, run(home, "status").exit_code) == (0, 0)


def test_repair_puts_the_link_back(home: Path) -> None:
    (home / "serve" / "current").unlink()

    said = run(home, "verify", "--repair")

    assert (said.exit_code, versions.served_name(home)) == (0, SERVED)


def test_repair_leaves_the_only_version_to_its_readers(home: Path) -> None:
    shutil.rmtree(home / "serve" / ulid(1))
    damage(home / "serve" / SERVED / "warehouse.duckdb", 100)

    said = run(home, "verify", "--repair")

    assert said.exit_code == 1
    assert "refresh" in said.out and "--full" in said.out
    assert versions.served_name(home) == SERVED


def test_a_stray_folder_is_no_version(home: Path) -> None:
    (home / "serve" / "zzz").mkdir()

    said = run(home, "versions")

    assert "serve/zzz: this is no version" in said.err
    assert "zzz" not in said.out
    assert run(home, "verify", "--all").exit_code == 0
    assert run(home, "diff").exit_code == 0


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_how_the_last_refresh_ended_may_be_unreadable(home: Path, text: str) -> None:
    (home / "last_refresh.json").write_text(text)

    said = run(home, "status")

    assert said.exit_code == 0
    assert "last_refresh.json can't be read. To fix:" in said.out
    assert run(home, "dashboard").exit_code == 0


@pytest.mark.parametrize(
    "place", ["serve/current/warehouse.duckdb", f"serve/{SERVED}/index.html", "key", "audit/x.html"]
)
def test_nothing_in_the_home_is_written_over(home: Path, place: str) -> None:
    before = (home / place).read_bytes() if (home / place).exists() else None

    for command in (("dashboard", "--output"), ("superset",)):
        said = run(home, *command, str(home / place))
        assert (said.exit_code, "To fix: choose a place outside" in said.err) == (2, True)
    assert ((home / place).read_bytes() if (home / place).exists() else None) == before


def test_a_link_into_the_home_is_not_followed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").symlink_to(home / "serve" / SERVED / "index.html")

    assert run(home, "dashboard", "--output", str(tmp_path / "page.html")).exit_code == 2
    assert versions.verify(versions.find(home, SERVED)) == []


def test_its_own_page_may_be_written(home: Path, tmp_path: Path) -> None:
    for place in (home / "index.html", home / "dashboard-mine.html", tmp_path / "page.html"):
        assert run(home, "dashboard", "--output", str(place)).exit_code == 0
        assert place.exists()


def test_a_moved_home_is_whole(home: Path, tmp_path: Path) -> None:
    moved = home.rename(tmp_path / "elsewhere")
    (tmp_path / "homes").mkdir()
    there = moved.rename(tmp_path / "homes" / "tiny")

    for command in (("status",), ("verify", "--all"), ("dashboard",), ("query", "select 1"), ("rollback",)):
        assert run(there, *command).exit_code == 0
