"""Another key would give everybody another pseudonym: it is noticed, and nothing lands by it."""

from pathlib import Path

import pytest

from sources import forgotten
from sources.errors import LandingError
from sources.keys import pseudonym_key
from tests.sources.bench import NOW, Bench


@pytest.fixture
def landed(bench: Bench) -> Bench:
    """A warehouse with a load, landed by the key in its own file."""
    bench.rows_of("people", [{"person_id": "ada"}])
    bench.land(key=pseudonym_key(bench.home, None))
    return bench


def test_a_first_landing_makes_a_key(tmp_path: Path) -> None:
    key = pseudonym_key(tmp_path / "home", None)
    assert pseudonym_key(tmp_path / "home", None) == key


def test_the_environments_key_goes_first_and_no_file_is_made(tmp_path: Path) -> None:
    assert pseudonym_key(tmp_path, "given") == b"given"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_key_in_the_environment_is_no_reason_to_take_another(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="OUTCOMES_KEY"):
        pseudonym_key(tmp_path, "")
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_that_was_emptied_is_named_with_the_way_back(landed: Bench) -> None:
    (landed.home / "key").write_text("")
    with pytest.raises(ValueError, match=r"/key is empty, .* put the old key back"):
        pseudonym_key(landed.home, None)


def test_the_same_key_goes_on(landed: Bench) -> None:
    key = (landed.home / "key").read_text().strip()
    assert pseudonym_key(landed.home, None) == pseudonym_key(landed.home, key) == key.encode()


def test_a_key_that_is_gone_is_not_replaced(landed: Bench) -> None:
    (landed.home / "key").unlink()
    with pytest.raises(LandingError, match=r"the key for pseudonyms is missing.*backup"):
        pseudonym_key(landed.home, None)
    assert not (landed.home / "key").exists()


@pytest.mark.parametrize("given", ["another", None])
def test_another_key_is_refused(landed: Bench, given: str | None) -> None:
    (landed.home / "key").write_text("another\n")
    with pytest.raises(LandingError, match="not the key that the landed pseudonyms were made with"):
        pseudonym_key(landed.home, given)


def test_a_new_key_that_is_wanted_is_the_one_to_go_on_with(landed: Bench) -> None:
    (landed.home / "key").unlink()
    key = pseudonym_key(landed.home, None, new=True)
    landed.land(key=key)
    assert pseudonym_key(landed.home, None) == key


def test_nobody_who_is_forgotten_comes_back_by_a_new_key(landed: Bench) -> None:
    forgotten.remember(landed.home, (landed.home / "key").read_text().strip().encode(), ["ada"], NOW)
    with pytest.raises(LandingError, match=r"forgotten\.json: it was made with another key.*would reappear"):
        pseudonym_key(landed.home, "another", new=True)
