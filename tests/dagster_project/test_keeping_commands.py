"""`outcomes versions`, `pin`, `unpin` and `verify`: what they print and how they end."""

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.harness import TINY, Said, outcomes
from tests.serving.builds import damage, publish_two, ulid


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody changes it."""
    return publish_two(tmp_path_factory.mktemp("original"))


@pytest.fixture
def homes(original: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    shutil.copytree(original / "tiny", tmp_path / "tiny", symlinks=True)
    return tmp_path


def run(homes: Path, *arguments: str) -> Said:
    return outcomes(*arguments, home=homes, portfolio=TINY)


def line_of(said: Said, version: str) -> str:
    """The line of a table that names a version."""
    [line] = [line for line in said.out.splitlines() if version in line]
    return line


def test_versions_tells_age_figures_size_and_checks(homes: Path) -> None:
    line = line_of(run(homes, "versions"), ulid(2))

    assert "served" in line
    assert "6 of 8" in line  # of the metrics that have a total, those measured
    assert "MB" in line
    assert "1 passed" in line


def test_a_pin_is_listed_until_it_is_taken_away(homes: Path) -> None:
    said = run(homes, "pin", ulid(1))
    assert (said.exit_code, said.err) == (0, "")
    assert "pinned" in line_of(run(homes, "versions"), ulid(1))

    assert run(homes, "unpin", ulid(1)).exit_code == 0
    assert "pinned" not in line_of(run(homes, "versions"), ulid(1))


@pytest.mark.parametrize("command", ["pin", "unpin", "verify"])
def test_an_unknown_version_is_an_error_that_lists_those_there_are(homes: Path, command: str) -> None:
    said = run(homes, command, "01NOSUCH")

    assert said.exit_code == 1
    assert ulid(1) in said.err


def test_versions_are_listed_though_their_pins_cannot_be_read(homes: Path) -> None:
    (homes / "tiny/serve/pins.json").write_text("[")
    said = run(homes, "versions")

    assert ulid(1) in said.out
    assert "pins.json" in said.err


def test_verify_says_that_the_served_version_is_whole(homes: Path) -> None:
    said = run(homes, "verify")

    assert (said.exit_code, said.err) == (0, "")
    assert said.out == f"{ulid(2)}: whole, 2 files, 9 tables\nlanding: whole, 0 loads\n"


def test_verify_names_the_damaged_file_and_what_to_do(homes: Path) -> None:
    page = homes / "tiny/serve" / ulid(2) / "index.html"
    damage(page)
    said = run(homes, "verify")

    assert said.exit_code == 1
    assert str(page) in said.err
    assert "outcomes rollback" in said.err
    assert "1 difference" in said.out


def test_verify_looks_at_one_version_by_name(homes: Path) -> None:
    damage(homes / "tiny/serve" / ulid(2) / "index.html")

    assert run(homes, "verify", ulid(1)).exit_code == 0


def test_verify_all_finds_the_damaged_one_and_goes_on(homes: Path) -> None:
    damage(homes / "tiny/serve" / ulid(2) / "warehouse.duckdb")
    said = run(homes, "verify", "--all")

    assert said.exit_code == 1
    assert f"--remove {ulid(1)}" not in said.err
    assert f"{ulid(1)}: whole" in said.out


def test_a_damaged_version_that_is_not_served_can_be_removed_as_it_says(homes: Path) -> None:
    damage(homes / "tiny/serve" / ulid(1) / "warehouse.duckdb")
    assert f"outcomes versions --portfolio {TINY} --remove {ulid(1)}" in run(homes, "verify", "--all").err

    assert run(homes, "versions", "--remove", ulid(1)).exit_code == 0
    assert run(homes, "verify", "--all").exit_code == 0


def test_a_version_and_all_is_wrong_usage(homes: Path) -> None:
    assert run(homes, "verify", ulid(1), "--all").exit_code == 2


def test_verify_with_nothing_published_says_what_to_do(tmp_path: Path) -> None:
    said = run(tmp_path, "verify")

    assert said.exit_code == 2
    assert "outcomes refresh" in said.err
