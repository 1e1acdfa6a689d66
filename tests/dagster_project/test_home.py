"""A home belongs to one portfolio: another one of the same name is refused, unless the first has gone."""

from pathlib import Path

import pytest

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
    owner.mkdir()  # as unreadable for root as a file of mode 0600 is for others
    assert "nothing is published" in land(first, "status").out
