"""What lies in a home is its owner's alone, whatever the umask; what is served is as open as the umask lets it be."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.home import locked
from dagster_project.settings import Workspace, workspace
from serving.page import draw_root
from sources.common import disk
from tests.end_to_end.harness import TINY
from tests.serving.builds import Built, make_build, make_records, publish_built


@pytest.fixture(params=[0o000, 0o022], ids=["open", "usual"])
def umask(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The umask of a process, as at its start."""
    monkeypatch.setattr(disk, "_UMASK", request.param)
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def space(umask: int, tmp_path: Path) -> Workspace:
    """A home that an earlier release left open, then written to under its lock, as by a refresh."""
    found = workspace(TINY).model_copy(update={"home": tmp_path / "homes" / "tiny"})
    (found.home / "landing" / "teams").mkdir(parents=True)
    (found.home / "last_refresh.json").write_text("{}")
    (found.home / "landing").chmod(0o755)
    built = Built(make_build(tmp_path / "warehouse.duckdb"), make_records(tmp_path / "records.parquet"))
    with locked(found):
        (found.home / "audit").mkdir()
        (found.home / "audit" / "refresh.parquet").write_bytes(b"")
        publish_built(found.home, built, parquet=True)
        draw_root(found.home, None)
    assert os.umask(umask) == umask  # given back
    return found


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_is_not_served_is_closed(space: Workspace) -> None:
    shown = {"serve", "index.html"}

    open_to_others = [path.name for path in space.home.iterdir() if path.name not in shown and mode(path) & 0o077]

    assert open_to_others == []
    assert mode(space.home / "audit" / "refresh.parquet") == 0o600


def test_what_is_served_is_as_open_as_the_umask_lets_it_be(space: Workspace, umask: int) -> None:
    version = (space.home / "serve" / "current").resolve()
    folders = [version.parent, version, *(path for path in version.rglob("*") if path.is_dir())]

    assert {mode(folder) for folder in folders} == {0o777 & ~umask}
    assert {mode(path) for path in version.rglob("*") if path.is_file()} == {0o444}
    assert mode(space.home / "index.html") == 0o666 & ~umask
