"""What a refresh depends on: a change of any file of the packages is something new, and what tools write there is not."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from dagster_project import run, steps
from dagster_project.execution import REFRESH, execute
from dagster_project.home import unended
from dagster_project.settings import Workspace, workspace
from sources.common import disk
from tests.end_to_end.harness import ROOT, TINY, copy_portfolio
from tests.serving.builds import Built, make_build, make_records, publish_built

# a file of every kind that the packages have
SUFFIXES = sorted(
    {p.suffix for package in run.PACKAGES for p in (ROOT / package).rglob("*") if "target" not in p.parts}
    - {"", ".pyc", ".log"}
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own with a file of each kind."""
    folder = tmp_path / "logs" / "project"  # wherever it lies
    for package in run.PACKAGES:
        (folder / package).mkdir(parents=True)
    for suffix in SUFFIXES:
        (folder / "serving" / f"file{suffix}").write_text("before")
    monkeypatch.setattr(run, "PROJECT", folder)
    return folder


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_change_of_a_file_of_any_kind_is_something_new(project: Path, suffix: str) -> None:
    before = run.code_fingerprint()
    (project / "serving" / f"file{suffix}").write_text("after")
    assert run.code_fingerprint() != before


def test_the_rooms_have_the_kinds_that_make_the_page() -> None:
    assert {".py", ".sql", ".yml", ".j2", ".css", ".js"} <= set(SUFFIXES)


@pytest.mark.usefixtures("project")
def test_another_version_of_a_package_is_something_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    (tmp_path / "duckdb-1.5.0.dist-info").mkdir()
    before = run.code_fingerprint()
    (tmp_path / "duckdb-1.5.0.dist-info").rename(tmp_path / "duckdb-1.5.1.dist-info")
    assert run.code_fingerprint() != before


def test_a_file_that_is_renamed_is_something_new(project: Path) -> None:
    before = run.code_fingerprint()
    (project / "serving" / "file.js").rename(project / "serving" / "other.js")
    assert run.code_fingerprint() != before


@pytest.mark.parametrize(
    "name", ["dbt/target/manifest.json", "dbt/logs/dbt.log", "serving/__pycache__/a.pyc", "dbt/.user.yml"]
)
def test_what_tools_write_is_nothing_new(project: Path, name: str) -> None:
    before = run.code_fingerprint()
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("written")
    assert run.code_fingerprint() == before


def test_a_refresh_builds_what_it_has_just_landed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it looked before whether anything is new."""
    space = workspace(TINY).model_copy(update={"home": tmp_path / "tiny"})
    publish_built(space.home, Built(make_build(tmp_path / "warehouse.duckdb"), make_records(tmp_path / "r.parquet")))
    seen: list[int] = []
    monkeypatch.setattr(steps, "BUILD", (("land", steps.land), ("see", lambda now: seen.append(len(now.frozen.loads)))))
    monkeypatch.setattr(steps, "PUBLISH", ())

    execute(REFRESH, space, full=False, home=None, verbose=False)

    assert seen == [14]


def test_a_build_goes_on_with_the_loads_that_it_was_begun_with(tmp_path: Path) -> None:
    """Feeds that land together have one id, and one of them may be given no more."""
    portfolio = copy_portfolio(TINY, tmp_path / "portfolio")
    space = workspace(portfolio).model_copy(update={"home": tmp_path / "home"})
    steps.land(run.Run(space, space.home))
    (portfolio / "feeds" / "teams.csv").unlink()
    begun, resumed = run.Run(space, space.home), run.Run(space, space.home)
    space.build.mkdir()
    begun.note_build()

    resumed.resume_build()

    assert "teams" not in {load["feed"] for load in begun.frozen.loads}
    assert resumed.frozen.loads == begun.frozen.loads


def test_a_full_disk_does_not_hide_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    with run.opened(workspace(TINY)) as opened:
        monkeypatch.setattr(disk, "write", refused)
        opened.note_failure("land", ValueError("the reason"))
        steps.show_failure(opened)
        assert opened.failures == ["step land: the reason"]


@pytest.fixture
def published(tmp_path: Path) -> Workspace:
    """Tiny with a version that took a petabyte to build."""
    space = workspace(TINY).model_copy(update={"home": tmp_path / "tiny"})
    built = Built(make_build(tmp_path / "warehouse.duckdb"), make_records(tmp_path / "r.parquet"))
    publish_built(space.home, built, facts={"build_bytes": 10**15})
    return space


@pytest.mark.parametrize(
    "met",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        ValueError('model dim_team could not be built: IO Error: Could not write file "w": No space left on device.'),
    ],
)
def test_a_full_disk_is_told_once_with_what_is_missing(published: Workspace, met: Exception) -> None:
    """A database names the file that it could not write, and a model's failure says to correct the model."""
    with run.opened(published) as opened:
        published.build.mkdir()
        opened.note_failure("build", met)

    [said] = opened.failures
    assert said.startswith(f"step build: {published.home}: no space left on the disk: ") and said.count("To fix") == 1
    assert "a refresh like the last needs 999," in said
    assert not published.build.exists()  # others need room on that disk, too


def test_a_disk_quota_is_told_without_the_room_of_the_disk(published: Workspace) -> None:
    with run.opened(published) as opened:
        published.build.mkdir()
        opened.note_failure("build", OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)))

    [said] = opened.failures
    assert (
        said.startswith(f"step build: {published.home}: the disk quota is used up. To fix: ")
        and " are free" not in said
    )
    assert not published.build.exists()


def test_what_a_refresh_needs_is_not_said_before_a_version_shows_it(published: Workspace) -> None:
    shutil.rmtree(published.home / "serve")
    with run.opened(published) as opened:
        opened.note_failure("build", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    assert " needs " not in opened.failures[0] and "To fix: free some, then" in opened.failures[0]


@pytest.mark.parametrize("ended", [True, False])
def test_a_refresh_that_left_no_result_is_known(published: Workspace, ended: bool) -> None:
    with run.opened(published) as opened:
        opened.begin()
        if ended:
            opened.end()
        while_it_runs = unended(published.home)

    after = unended(published.home)
    assert (while_it_runs and while_it_runs.is_running, after and after.is_running) == (
        (None, None) if ended else (True, False)
    )


def test_a_killed_refresh_is_past_once_another_ended(published: Workspace) -> None:
    """Also where nothing was new, so that it noted no beginning."""
    with run.opened(published) as killed:
        killed.begin()
    with run.opened(published) as opened:
        opened.end()

    assert unended(published.home) is None
