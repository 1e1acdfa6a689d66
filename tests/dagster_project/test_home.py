"""A home belongs to one portfolio: another one of the same name is refused, unless the first has gone."""

import shutil
from pathlib import Path

import pytest

from dagster_project.home import FILES, FOLDERS
from tests.end_to_end.harness import Said, outcomes

PORTFOLIO = "name: mine\ntitle: Mine\nreporting_currency: EUR\n"


def portfolio(folder: Path, name: str = "mine") -> Path:
    """A portfolio without any feed."""
    folder.mkdir()
    (folder / "data").mkdir()
    (folder / "portfolio.yml").write_text(PORTFOLIO.replace("name: mine", f"name: {name}"))
    return folder


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A portfolio that has landed."""
    folder = portfolio(tmp_path / "first")
    assert land(folder).exit_code == 0
    return folder


def land(folder: Path, *command: str) -> Said:
    return outcomes(*(command or ("land",)), home=folder.parent / "homes", portfolio=folder)


@pytest.mark.parametrize("command", [("land",), ("refresh",), ("status",), ("metrics", "list"), ("doctor",)])
def test_another_portfolio_of_its_name_is_refused_by_name(first: Path, command: tuple[str, ...]) -> None:
    said = land(portfolio(first.with_name("second")), *command)

    assert said.exit_code in {1, 2}
    shown = " ".join((said.out + said.err).split())
    assert str(first) in shown and "second has the same name, mine" in shown


@pytest.mark.usefixtures("first")
def test_another_name_has_a_home_of_its_own(tmp_path: Path) -> None:
    assert land(portfolio(tmp_path / "second", "other")).exit_code == 0


def test_a_portfolio_that_moved_keeps_its_home(first: Path) -> None:
    assert land(first.rename(first.with_name("moved"))).exit_code == 0


def test_a_link_to_a_portfolio_is_that_portfolio(first: Path) -> None:
    link = first.with_name("link")
    link.symlink_to(first)
    assert land(link).exit_code == 0


def test_a_portfolio_that_was_renamed_gives_its_home_up(first: Path) -> None:
    (first / "portfolio.yml").write_text(PORTFOLIO.replace("name: mine", "name: renamed"))
    assert land(portfolio(first.with_name("second"))).exit_code == 0


def test_a_copy_may_look_at_a_feed(first: Path) -> None:
    assert "same name" not in land(portfolio(first.with_name("second")), "feed", "teams").err


def test_who_may_not_read_whose_home_it_is_may_read_what_is_served(first: Path) -> None:
    owner = first.with_name("homes") / "mine" / "portfolio.txt"
    owner.write_bytes(b"\xff\x00")
    assert "nothing is published" in land(first, "status").out
    owner.unlink()
    owner.symlink_to("/proc/self/mem")  # a file as unreadable for root as one of mode 0600 is for others
    assert "nothing is published" in land(first, "status").out


@pytest.mark.parametrize("command", [("land",), ("refresh",), ("check",), ("status",), ("verify",), ("doctor",)])
@pytest.mark.parametrize("place", [*FOLDERS, *FILES])
def test_something_else_in_the_place_of_a_folder_or_file_is_named(
    first: Path, place: str, command: tuple[str, ...]
) -> None:
    path, is_folder = first.with_name("homes") / "mine" / place, place in FOLDERS
    if is_folder:
        shutil.rmtree(path, ignore_errors=True)
        path.write_text("")
    else:
        path.unlink(missing_ok=True)
        path.mkdir(parents=True)

    said = land(first, *command)

    is_so = "must be a folder, and is a file" if is_folder else "must be a file, and is a folder"
    assert said.exit_code in {1, 2}
    shown = " ".join((said.out + said.err).split())
    assert f"{path} {is_so}" in shown and "move it elsewhere" in shown


def test_something_else_in_a_home_of_its_own_of_a_command_is_named(first: Path) -> None:
    lock = first.with_name("homes") / "mine" / "check" / ".lock"
    lock.mkdir(parents=True)

    assert f"{lock} must be a file, and is a folder" in " ".join(land(first, "check").err.split())


def test_a_folder_of_a_home_that_is_a_link_to_nothing_is_named(first: Path) -> None:
    serve = first.with_name("homes") / "mine" / "serve"
    serve.symlink_to(first / "another disk")

    assert f"{serve} must be a folder, and is a link that leads nowhere" in " ".join(land(first).err.split())


def test_a_folder_of_a_home_may_be_a_link_to_another_disk(first: Path) -> None:
    (first.with_name("disk")).mkdir()
    (first.with_name("homes") / "mine" / "build").symlink_to(first.with_name("disk"))

    assert land(first).exit_code == 0


def test_a_place_for_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    folder = portfolio(tmp_path / "first")
    (tmp_path / "homes").touch()

    said = land(folder)

    assert said.exit_code == 2 and f"{tmp_path / 'homes'} must be a folder, and is a file" in " ".join(said.err.split())
