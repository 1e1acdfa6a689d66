"""What a refresh depends on: a change of any file of the packages is something new, and what tools write there is not."""

import errno
from pathlib import Path

import pytest

from dagster_project import run, steps
from dagster_project.execution import REFRESH, execute
from dagster_project.settings import workspace
from sources.common import disk
from tests.end_to_end.harness import ROOT, TINY
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


def test_a_full_disk_does_not_hide_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    with run.opened(workspace(TINY)) as opened:
        monkeypatch.setattr(disk, "write", refused)
        steps.show_failure(opened, "land", ValueError("the reason"))
        assert opened.failures == ["step land: the reason"]
