"""Point-in-time versions: kept beside the served one, labelled, and never served."""

from pathlib import Path
from typing import Any

import pytest

from serving.errors import VersionError
from serving.keeping import remove
from serving.page import draw_root
from serving.versions import find, list_versions, made_as_of, rollback, served
from tests.serving.builds import Built, publish_built, ulid

THEN = "2026-03-31T23:59:59.999999+00:00"
INPUTS = {"loads": "a", "code": "b", "settings": "c"}


def publish_then(home: Path, built: Built, number: int, *, reconstructed: bool = True, **options: Any) -> None:
    facts = {"as_of": THEN, "observed_by": THEN, "reconstructed": reconstructed, "inputs": INPUTS}
    publish_built(home, built, number, facts=facts, serve=False, **options)


@pytest.fixture
def two(home: Path, built: Built) -> Path:
    """A home with version 1, served, and version 2, a point-in-time version."""
    publish_built(home, built, 1)
    publish_then(home, built, 2)
    return home


def names(home: Path) -> list[str]:
    return [version.version for version in list_versions(home)]


def served_name(home: Path) -> str | None:
    version = served(home)
    return version.version if version else None


def test_it_is_kept_beside_the_served_one(two: Path) -> None:
    assert names(two) == [ulid(2), ulid(1)]
    assert served_name(two) == ulid(1)


def test_before_the_first_refresh_nothing_is_served(home: Path, built: Built) -> None:
    publish_then(home, built, 1)

    assert served(home) is None
    assert names(home) == [ulid(1)]


def test_it_can_not_be_published_to_be_served(home: Path, built: Built) -> None:
    with pytest.raises(ValueError, match="never served"):
        publish_built(home, built, 1, facts={"observed_by": THEN})


def test_it_is_found_by_name_with_its_label(two: Path) -> None:
    version = find(two, ulid(2))

    assert (version.observed_by, version.is_reconstructed, version.is_served) == (THEN, True, False)


def test_a_name_that_is_not_there_lists_those_that_are(two: Path) -> None:
    with pytest.raises(VersionError, match=f"{ulid(1)}, {ulid(2)}"):
        find(two, "01NOSUCH")


def test_rollback_refuses_it(two: Path) -> None:
    with pytest.raises(VersionError, match="never served"):
        rollback(two, ulid(2))
    assert served_name(two) == ulid(1)


def test_rollback_to_the_version_before_passes_it_by(two: Path, built: Built) -> None:
    publish_built(two, built, 3)

    assert rollback(two).version == ulid(1)


def test_rollback_with_no_other_says_so(two: Path, built: Built) -> None:
    remove(two, ulid(2))
    publish_then(two, built, 0)

    with pytest.raises(VersionError, match="no version is older"):
        rollback(two)


def test_it_pushes_no_version_out(home: Path, built: Built) -> None:
    publish_built(home, built, 1, keep=2)
    publish_built(home, built, 2, keep=2)
    publish_then(home, built, 3, keep=2)
    publish_then(home, built, 4, keep=2)

    assert names(home) == [ulid(4), ulid(3), ulid(2), ulid(1)]


def test_no_version_pushes_it_out(two: Path, built: Built) -> None:
    for number in (3, 4, 5):
        publish_built(two, built, number, keep=2)

    assert names(two) == [ulid(5), ulid(4), ulid(2)]


def test_it_leaves_when_it_is_removed(two: Path) -> None:
    remove(two, ulid(2))

    assert names(two) == [ulid(1)]


def test_the_served_version_is_not_removed_by_name(two: Path) -> None:
    with pytest.raises(VersionError, match="is served"):
        remove(two, ulid(1))
    assert names(two) == [ulid(2), ulid(1)]


def test_the_same_moment_and_inputs_give_the_same_version(two: Path) -> None:
    found = made_as_of(two, INPUTS, THEN)

    assert found is not None and found.version == ulid(2)


@pytest.mark.parametrize(("inputs", "moment"), [(INPUTS | {"code": "x"}, THEN), (INPUTS, THEN.replace("03", "02"))])
def test_other_inputs_or_another_moment_give_another_version(two: Path, inputs: dict[str, str], moment: str) -> None:
    assert made_as_of(two, inputs, moment) is None


def test_its_page_says_so(two: Path) -> None:
    page = (two / "serve" / ulid(2) / "index.html").read_text()

    assert "Point in time 31 Mar 2026, reconstructed from loads landed later." in page


def test_its_page_says_where_every_load_had_landed(home: Path, built: Built) -> None:
    publish_then(home, built, 1, reconstructed=False)

    page = (home / "serve" / ulid(1) / "index.html").read_text()
    assert "Point in time 31 Mar 2026" in page
    assert "Reconstructed" not in page


def test_the_page_of_the_served_one_says_nothing_of_it(two: Path) -> None:
    page = draw_root(two, None).read_text()

    assert "oint in time" not in page
    assert "An earlier version is served" not in page
