"""Which versions stay: by number and age, pinned, and removing one by name."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from serving.errors import VersionError
from serving.keeping import pin, pinned, remove, unpin
from serving.versions import list_versions, rollback, served
from sources.common import disk
from tests.serving.builds import NOW, Built, publish_built, ulid

DAY = timedelta(days=1)


def names(home: Path) -> list[str]:
    """The versions there are, oldest first."""
    return [version.version for version in reversed(list_versions(home))]


@pytest.fixture(scope="module")
def original(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with versions 1 to 3, published a day apart, the third served; nobody changes it."""
    home = tmp_path_factory.mktemp("original")
    for number in (1, 2, 3):
        publish_built(home, built, number, now=NOW + number * DAY)
    return home


@pytest.fixture
def three(original: Path, home: Path) -> Path:
    """A copy of the original, to be changed."""
    return Path(shutil.copytree(original, home, symlinks=True))


def test_the_newest_are_kept(three: Path, built: Built) -> None:
    publish_built(three, built, 4, keep=2, now=NOW + 4 * DAY)

    assert names(three) == [ulid(3), ulid(4)]


def test_those_of_the_last_days_are_kept_however_many(three: Path, built: Built) -> None:
    publish_built(three, built, 4, keep=1, keep_days=2, now=NOW + 4 * DAY)

    assert names(three) == [ulid(2), ulid(3), ulid(4)]


def test_the_newest_are_kept_however_old(three: Path, built: Built) -> None:
    publish_built(three, built, 4, keep=3, keep_days=1, now=NOW + 400 * DAY)

    assert names(three) == [ulid(2), ulid(3), ulid(4)]


def test_a_version_that_does_not_tell_its_age_leaves_by_number(three: Path, built: Built) -> None:
    (three / "serve" / ulid(2) / "manifest.json").unlink()

    publish_built(three, built, 4, keep=1, keep_days=10, now=NOW + 4 * DAY)

    assert names(three) == [ulid(1), ulid(3), ulid(4)]


def test_the_served_version_is_kept(three: Path, built: Built) -> None:
    rollback(three, ulid(1))
    publish_built(three, built, 4, keep=2, serve=False, now=NOW + 4 * DAY)

    assert names(three) == [ulid(1), ulid(3), ulid(4)]


def test_the_version_that_was_served_until_now_is_kept_for_who_is_about_to_open_it(three: Path, built: Built) -> None:
    rollback(three, ulid(1))
    publish_built(three, built, 4, keep=2, now=NOW + 4 * DAY)
    assert names(three) == [ulid(1), ulid(3), ulid(4)]

    publish_built(three, built, 5, keep=2, now=NOW + 5 * DAY)
    assert names(three) == [ulid(4), ulid(5)]


def test_versions_that_follow_each_other_at_once_are_kept_for_a_while(three: Path, built: Built) -> None:
    """A reader may have followed the link to any of them."""
    moment = NOW + 10 * DAY
    for number in (4, 5, 6):
        publish_built(three, built, number, keep=1, now=moment + timedelta(seconds=number))
    assert names(three) == [ulid(3), ulid(4), ulid(5), ulid(6)]

    publish_built(three, built, 7, keep=1, now=moment + timedelta(hours=1))
    assert names(three) == [ulid(6), ulid(7)]  # the one before stays, too, until the next


def test_a_pinned_version_is_kept(three: Path, built: Built) -> None:
    pin(three, ulid(1))
    publish_built(three, built, 4, keep=2, now=NOW + 4 * DAY)

    assert names(three) == [ulid(1), ulid(3), ulid(4)]


def test_an_unpinned_version_leaves_with_the_next_publish(three: Path, built: Built) -> None:
    pin(three, ulid(1))
    pin(three, ulid(2))
    unpin(three, ulid(1))
    publish_built(three, built, 4, keep=2, now=NOW + 4 * DAY)

    assert names(three) == [ulid(2), ulid(3), ulid(4)]


def test_a_pin_is_durable_and_whole(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pin whose file can't be written leaves the pins of before."""
    pin(three, ulid(1))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "sync", full)
    with pytest.raises(OSError, match="No space"):
        pin(three, ulid(2))

    assert pinned(three) == {ulid(1)}


def test_pinning_twice_is_pinning_once(three: Path) -> None:
    pin(three, ulid(1))
    pin(three, ulid(1))

    assert (three / "serve/pins.json").read_text() == f'["{ulid(1)}"]\n'


def test_a_pin_of_a_version_that_is_gone_is_forgotten(three: Path) -> None:
    (three / "serve/pins.json").write_text(f'["{ulid(9)}"]')
    pin(three, ulid(1))

    assert pinned(three) == {ulid(1)}


@pytest.mark.parametrize("act", [pin, unpin, remove])
def test_an_unknown_version_lists_those_there_are(three: Path, act: object) -> None:
    with pytest.raises(VersionError, match=ulid(2)):
        act(three, "01NOSUCH")  # type: ignore[operator]


def test_unpinning_what_is_not_pinned_says_so(three: Path) -> None:
    with pytest.raises(VersionError, match="not pinned"):
        unpin(three, ulid(1))


@pytest.mark.parametrize("act", [pin, unpin, remove])
def test_nothing_is_changed_while_a_refresh_publishes(three: Path, act: object) -> None:
    pin(three, ulid(1))
    with FileLock(three / "serve/.lock"), pytest.raises(VersionError, match="publishing"):
        act(three, ulid(1))  # type: ignore[operator]


@pytest.mark.parametrize("content", ["{", "{}", "\udcff"])
def test_where_the_pins_cannot_be_read_no_version_leaves(three: Path, built: Built, content: str) -> None:
    (three / "serve/pins.json").write_bytes(content.encode(errors="surrogateescape"))
    publish_built(three, built, 4, keep=1)

    assert names(three) == [ulid(1), ulid(2), ulid(3), ulid(4)]
    with pytest.raises(VersionError, match="pin again"):
        pinned(three)


def test_a_version_is_removed_by_name(three: Path) -> None:
    remove(three, ulid(2))

    assert names(three) == [ulid(1), ulid(3)]


def test_the_served_one_is_not(three: Path) -> None:
    with pytest.raises(VersionError, match="is served"):
        remove(three, ulid(3))
    assert served(three) is not None


def test_a_pinned_one_is_not(three: Path) -> None:
    pin(three, ulid(1))
    with pytest.raises(VersionError, match="outcomes unpin"):
        remove(three, ulid(1))

    assert names(three) == [ulid(1), ulid(2), ulid(3)]
