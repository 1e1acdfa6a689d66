"""A damaged load is named by `outcomes verify`, and moved out of the way where its source gives it again."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from sources import loads
from tests.end_to_end.harness import TINY, Said, changed, copy_portfolio, outcomes
from tests.serving.builds import cut, damage, make_records


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of tiny and a home in which it has landed; nobody changes it."""
    folder = tmp_path_factory.mktemp("landed")
    copy_portfolio(TINY, folder / "portfolio")
    said = outcomes("land", home=folder / "homes", portfolio=folder / "portfolio")
    assert said.exit_code == 0, said.err
    return folder


@dataclass(frozen=True)
class Place:
    """The portfolio, and homes of the test's own."""

    portfolio: Path
    homes: Path

    def run(self, *arguments: str) -> Said:
        return outcomes(*arguments, home=self.homes, portfolio=self.portfolio)

    def folders(self) -> list[Path]:
        return loads.folders(self.homes / "tiny", feed="accounts")


@pytest.fixture
def place(landed: Path, tmp_path: Path) -> Place:
    """The portfolio with a copy of its home, to be damaged."""
    return Place(landed / "portfolio", Path(shutil.copytree(landed / "homes", tmp_path / "homes")))


def test_whole_loads_are_told(place: Place) -> None:
    assert (place.run("verify").exit_code, place.run("verify").out) == (0, "landing: whole, 14 loads\n")


@pytest.mark.parametrize("name", ["part-0.parquet", "load.json"])
def test_a_damaged_load_is_set_aside_and_lands_again(place: Path, name: str) -> None:
    [folder] = place.folders()
    content = (folder / "part-0.parquet").read_bytes()
    damage(folder / name, 60)

    assert place.run("land").exit_code == (1 if name == "load.json" else 0)
    said = place.run("verify", "--repair")

    assert said.exit_code == 1
    assert f"source=office/{folder.name}/{name}: " in said.err
    assert (place.homes / "tiny/damaged/landing/accounts/source=office" / folder.name / name).exists()
    assert place.run("land").exit_code == 0
    [again] = place.folders()
    assert again != folder
    assert (again / "part-0.parquet").read_bytes() == content
    assert place.run("verify").exit_code == 0


def test_what_no_source_gives_again_stays_where_it_is(place: Place) -> None:
    with changed(place.portfolio, [("feeds/accounts.csv", "9000,Unclassified,", "9000,Other,")]):
        place.run("land")
        first, _ = place.folders()
        damage(first / "part-0.parquet", 60)
        said = place.run("verify", "--repair")

    assert said.exit_code == 1
    assert "its source no longer gives what it held. To fix: put it back from a backup" in said.err
    assert first.is_dir()


def test_check_records_that_cannot_be_read_are_named_and_set_aside(place: Place) -> None:
    folder = place.homes / "tiny" / "audit"
    folder.mkdir()
    path = make_records(folder / "refresh=01KQ.parquet")
    assert place.run("verify").exit_code == 0
    cut(path, 100)

    said = place.run("verify", "--repair")

    assert said.exit_code == 1 and f"{path}: these check records can't be read. To fix:" in said.err
    assert (folder.parent / "damaged" / "audit" / path.name).exists()
    assert (folder.parent / "damaged").stat().st_mode & 0o077 == 0
    assert place.run("verify").exit_code == 0
