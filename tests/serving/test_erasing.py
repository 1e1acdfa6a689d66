"""Versions that must go are removed whoever pinned them, and readers have one to read at every moment."""

from pathlib import Path

import pytest
from filelock import FileLock

from serving import keeping, versions
from serving.erasing import erase
from serving.errors import VersionError
from sources.common import disk

NAMES = ("01A", "01B", "01C")


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
    assert erase(home, {"01A"}, keep="01C") == ["01A"]
    assert (left(home), keeping.pinned(home)) == (["01B", "01C"], frozenset())


def test_what_a_killed_removal_left_goes_too(home: Path) -> None:
    assert erase(home, (), keep="01C") == []
    assert left(home) == list(NAMES)


def test_who_rolled_back_meanwhile_is_served_the_one_that_stays(home: Path) -> None:
    disk.point(home / "serve" / "current", "01A")
    erase(home, {"01A", "01B"}, keep="01C")
    served = versions.served(home)
    assert served is not None
    assert (served.version, left(home)) == ("01C", ["01C"])


def test_the_served_one_stays_where_no_other_was_published(home: Path) -> None:
    assert erase(home, NAMES, keep=None) == ["01B", "01A"]
    assert left(home) == ["01C"]


def test_nothing_is_removed_while_another_publishes(home: Path) -> None:
    with FileLock(home / "serve" / ".lock"), pytest.raises(VersionError, match="publishing"):
        erase(home, {"01A"}, keep="01C")
    assert {"01A", ".removed-00A"} <= set(left(home))


def test_where_nothing_was_published_nothing_goes(tmp_path: Path) -> None:
    assert erase(tmp_path, {"01A"}, keep=None) == []
