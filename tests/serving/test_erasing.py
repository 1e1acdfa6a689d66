"""Versions that must go are removed whoever pinned them, and readers have one to read at every moment."""

from pathlib import Path

import pytest
from filelock import FileLock

from serving import keeping, versions
from serving.erasing import erase
from serving.errors import VersionError
from sources.common import disk
from tests.serving.builds import ulid

A, B, C = NAMES = (ulid(1), ulid(2), ulid(3))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three versions, the last one served, the first one pinned; a removal that was killed."""
    serve = tmp_path / "serve"
    for name in (*NAMES, ".removed-00A"):
        (serve / name).mkdir(parents=True)
        (serve / name / "manifest.json").write_text("{}")
    disk.point(serve / "current", NAMES[-1])
    keeping.pin(tmp_path, NAMES[0])
    return tmp_path


def left(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "serve").iterdir() if path.is_dir() and not path.is_symlink())


def test_a_pinned_version_goes_and_is_pinned_no_more(home: Path) -> None:
    assert erase(home, {A}, keep=C) == [A]
    assert (left(home), keeping.pinned(home)) == ([B, C], frozenset())


def test_what_a_killed_removal_left_goes_too(home: Path) -> None:
    assert erase(home, (), keep=C) == []
    assert left(home) == list(NAMES)


def test_who_rolled_back_meanwhile_is_served_the_one_that_stays(home: Path) -> None:
    disk.point(home / "serve" / "current", A)
    erase(home, {A, B}, keep=C)
    assert (versions.served_name(home), left(home)) == (C, [C])


def test_the_served_one_stays_where_no_other_was_published(home: Path) -> None:
    assert erase(home, NAMES, keep=None) == [B, A]
    assert left(home) == [C]


def test_nothing_is_removed_while_another_publishes(home: Path) -> None:
    with FileLock(home / "serve" / ".lock"), pytest.raises(VersionError, match="publishing"):
        erase(home, {A}, keep=C)
    assert {A, ".removed-00A"} <= set(left(home))


def test_where_nothing_was_published_nothing_goes(tmp_path: Path) -> None:
    assert erase(tmp_path, {A}, keep=None) == []
