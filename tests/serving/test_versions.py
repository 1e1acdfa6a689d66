"""Listing versions and going back to an earlier one."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from serving.errors import VersionError
from serving.versions import list_versions, rollback, served
from tests.serving.builds import NOW, Built, damage, publish_built, ulid


@pytest.fixture(scope="module")
def original(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with versions 1 to 3, the third served; nobody changes it."""
    home = tmp_path_factory.mktemp("original")
    for number in (1, 2, 3):
        publish_built(home, built, number)
    return home


@pytest.fixture
def three(original: Path, home: Path) -> Path:
    """A copy of the original, to be changed."""
    return Path(shutil.copytree(original, home, symlinks=True))


def served_name(home: Path) -> str | None:
    version = served(home)
    return version.version if version else None


def test_nothing_is_listed_before_the_first_version(home: Path) -> None:
    assert (list_versions(home), served(home)) == ([], None)


def test_versions_are_listed_newest_first(three: Path) -> None:
    assert [(v.version, v.is_served) for v in list_versions(three)] == [
        (ulid(3), True),
        (ulid(2), False),
        (ulid(1), False),
    ]


def test_a_version_tells_age_figures_size_and_checks(three: Path) -> None:
    version = list_versions(three)[0]
    assert version.age(NOW + timedelta(hours=5)) == timedelta(hours=2)
    assert version.figures["delivered"] == {"value": 106.0, "n": 106, "status": "measured"}
    assert version.size_bytes == version.database.stat().st_size
    assert version.checks == {"passed": 1}


def test_a_version_without_manifest_is_listed_with_its_problem(three: Path) -> None:
    (three / "serve" / ulid(1) / "manifest.json").unlink()
    problem = list_versions(three)[-1].problem
    assert problem is not None and "manifest" in problem


def test_work_in_progress_is_no_version(three: Path) -> None:
    (three / "serve/.candidate-X").mkdir()
    assert len(list_versions(three)) == 3


def test_rollback_serves_the_previous_version(three: Path) -> None:
    rollback(three)
    assert served_name(three) == ulid(2)


def test_rollback_twice_goes_two_versions_back(three: Path) -> None:
    rollback(three)
    rollback(three)
    assert served_name(three) == ulid(1)


def test_rollback_serves_the_version_asked_for(three: Path) -> None:
    assert rollback(three, ulid(1)).is_served


def test_rollback_forward_is_possible(three: Path) -> None:
    rollback(three, ulid(1))
    rollback(three, ulid(3))
    assert served_name(three) == ulid(3)


def test_rollback_before_the_first_version_says_so(home: Path) -> None:
    with pytest.raises(VersionError, match="nothing was ever published"):
        rollback(home)


def test_rollback_past_the_oldest_says_so(home: Path, built: Built) -> None:
    publish_built(home, built)
    with pytest.raises(VersionError, match="no version is older"):
        rollback(home)


def test_rollback_to_an_unknown_version_names_the_known(three: Path) -> None:
    with pytest.raises(VersionError, match=ulid(2)):
        rollback(three, "01NOSUCH")


def test_rollback_waits_for_no_publish(three: Path) -> None:
    with FileLock(three / "serve/.lock"), pytest.raises(VersionError, match="publishing"):
        rollback(three)


def test_a_damaged_version_is_not_served(three: Path) -> None:
    damage(three / "serve" / ulid(2) / "warehouse.duckdb", 300_000)
    with pytest.raises(VersionError, match="SHA-256"):
        rollback(three)
    assert served_name(three) == ulid(3)


def test_a_served_version_that_is_gone_is_reported(home: Path, built: Built) -> None:
    publish_built(home, built).folder.rename(home / "elsewhere")
    with pytest.raises(VersionError, match="no longer exists"):
        served(home)
