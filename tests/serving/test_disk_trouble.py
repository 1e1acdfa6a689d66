"""A disk that fills or damages files while a version is made: found before the swap, and the next run is clean."""

import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from serving import copying
from serving import publish as publishing
from serving.errors import PublishError
from serving.integrity import find_damage
from serving.versions import list_versions, served
from sources.common import disk
from tests.serving.builds import Built, cut, damage, publish_built, ulid

MODULES = {"copying": copying, "disk": disk, "publishing": publishing}


@pytest.fixture(scope="module")
def original(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that serves version 1; nobody changes it."""
    home = tmp_path_factory.mktemp("original")
    publish_built(home, built, 1)
    return home


@pytest.fixture
def one(original: Path, home: Path) -> Path:
    """A copy of it, in which things go wrong."""
    return Path(shutil.copytree(original, home, symlinks=True))


def assert_untouched(home: Path) -> None:
    """Version 1 is served, whole, and nothing of another is left."""
    left = sorted(path.name for path in (home / "serve").iterdir() if path.name != ".lock")
    version = served(home)
    assert left == [ulid(1), "current"]
    assert version is not None and version.version == ulid(1)
    assert find_damage(version.folder) == []


def assert_next_is_clean(home: Path, built: Built) -> None:
    """The next publish serves a whole version."""
    version = publish_built(home, built, 3, parquet=True)
    assert served(home) == version
    assert find_damage(version.folder) == []


def around(monkeypatch: pytest.MonkeyPatch, step: str, trouble: Callable[[Callable[[], Any]], Any]) -> None:
    """Let `trouble` run the step `module.function` of publishing version 2."""
    module, _, name = step.partition(".")
    original = getattr(MODULES[module], name)
    monkeypatch.setattr(MODULES[module], name, lambda *a, **k: trouble(lambda: original(*a, **k)))


def without_room(step: Callable[[], Any]) -> Any:
    """Run a step in which the kernel lets no file grow beyond a byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        return step()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


WRITING = (
    "copying.copy_database",
    "copying.reopen",
    "publishing.write_parquet",
    "publishing.write_manifest",
    "disk.write",
)


@pytest.mark.parametrize("step", WRITING)
def test_no_room_at_a_step_that_writes(one: Path, built: Built, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    with monkeypatch.context() as patch:
        around(patch, step, without_room)
        with pytest.raises(PublishError, match="could not be written"):
            publish_built(one, built, 2, parquet=True)

    assert_untouched(one)
    assert_next_is_clean(one, built)


@pytest.mark.parametrize("step", ["disk.sync", "disk.settle", "disk.point", "disk.write"])
def test_a_step_that_the_disk_refuses(one: Path, built: Built, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def refused(_: Callable[[], Any]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        around(patch, step, refused)
        with pytest.raises(PublishError, match="No space left"):
            publish_built(one, built, 2)

    assert_untouched(one)
    assert_next_is_clean(one, built)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB; skipped where mounting one isn't allowed."""
    mount, folder = shutil.which("mount"), tmp_path / "small"
    folder.mkdir()
    line = [mount or "mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if mount is None or subprocess.run(line, check=False, capture_output=True).returncode:
        pytest.skip("a file system may not be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
def test_a_disk_that_is_full_sooner_or_later(small_disk: Path, built: Built) -> None:
    """With ever more room publishing gets further, until it succeeds; wherever it stops, version 1 is served."""
    home, ballast = small_disk / "home", small_disk / "ballast"
    publish_built(home, built, 1, parquet=True)
    stopped: list[int] = []
    for room in range(0, 12_000_000, 500_000):
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        ballast.write_bytes(b"x" * (free - room))
        try:
            publish_built(home, built, 2, parquet=True)
            break
        except PublishError:
            stopped.append(room)
            ballast.unlink()
            assert_untouched(home)
    else:
        pytest.fail("it never succeeded: the disk is too small for this test")

    assert len(stopped) >= 3, "publishing hardly wrote anything: the test shows nothing"
    assert served(home) == list_versions(home)[0]
    ballast.unlink()
    assert_next_is_clean(home, built)


def flip(path: Path) -> None:
    """Flip a bit of a byte that holds data: of a table's in the database, of the first column's in Parquet."""
    damage(path, 45 if path.suffix == ".parquet" else path.stat().st_size // 2)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("copying.reopen", "warehouse.duckdb"),
        ("publishing.write_parquet", "parquet/core/dim_initiative/part-0.parquet"),
        ("publishing.write_manifest", "index.html"),
        ("disk.settle", "warehouse.duckdb"),
        ("disk.settle", "manifest.json"),
        ("disk.settle", "parquet/core/dim_initiative/part-0.parquet"),
    ],
)
def test_damage_after_a_step_is_found_before_the_swap(
    one: Path, built: Built, monkeypatch: pytest.MonkeyPatch, step: str, name: str
) -> None:
    for harm in (flip, cut, Path.unlink):

        def damaged(run: Callable[[], Any], harm: Callable[[Path], None] = harm) -> Any:
            given = run()
            harm(one / "serve" / f".candidate-{ulid(2)}" / name)
            return given

        with monkeypatch.context() as patch:
            around(patch, step, damaged)
            with pytest.raises(PublishError):
                publish_built(one, built, 2, parquet="parquet" in name)
        assert_untouched(one)

    assert_next_is_clean(one, built)
