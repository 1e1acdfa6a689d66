"""Files in an object store and behind a web address: copied once a change, sealed, and landed as local ones are."""

import gzip
import os
import sys
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from pydantic import TypeAdapter, ValidationError

from dagster_project.fetching import fetch_all
from dagster_project.settings import workspace
from sources.config import FileSettings, LandingRules
from sources.connectors import Declared
from sources.errors import LandingError
from sources.fetching import pulls
from sources.fetching.fetch import fetch
from sources.fetching.secrets import Secrets
from sources.landing import Landed, land_source
from sources.others.objects import ObjectSource
from sources.others.objects.copying import Object, Store
from tests.end_to_end.harness import clean_environment, environment, outcomes, run
from tests.sources.object_store import Objects, running

START = datetime(2025, 6, 1, tzinfo=UTC)
TEAMS = "select id as team_id, label as name, _file, _record from raw.teams"
PRODUCTS = "select id as product_id, label as name, _file, _record from raw.products"


# the most memory that a fetch had, in KiB; what the kernel says of a child includes its parent
PEAK = """
from dagster_project.cli import app
app(["fetch"], standalone_mode=False)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def source_of(**given: object) -> ObjectSource:
    found = TypeAdapter(Declared).validate_python({"name": "store", **given})
    assert isinstance(found, ObjectSource)
    return found


class Connected:
    """A portfolio whose files are in a bucket."""

    def __init__(self, folder: Path, objects: Any, scheme: str = "s3") -> None:
        self.portfolio, self.home, self.objects, self.now = folder / "mine", folder / "home", objects, START
        (self.portfolio / "feeds").mkdir(parents=True)
        self.home.mkdir()
        (self.portfolio / "feeds/teams.sql").write_text(TEAMS)
        (self.portfolio / "feeds/products.sql").write_text(PRODUCTS)
        self.source = source_of(path=f"{scheme}://{objects.name}/exports", patience=5)
        objects.put("exports/teams.csv", "id;label\nt1;One\n")
        objects.put("exports/more/products.jsonl", '{"id": "p1", "label": "P"}\n')
        objects.put("exports/readme.txt", "not data")
        objects.put("other/teams.csv", "id;label\nx;X\n")

    def fetch(self, full: bool = False) -> pulls.Sealed:
        self.now += timedelta(days=1)
        return fetch(self.home, self.source, Secrets(self.source, self.home, {}), self.now, full=full)

    def land(self) -> dict[str, Landed]:
        rules = LandingRules(currencies=frozenset({"EUR"}), files={"teams.csv": FileSettings(separator=";")})
        found = land_source(self.portfolio, self.home, self.source, rules, b"k" * 32, self.now)
        return {result.feed: result for result in found}

    def left(self) -> dict[str, bytes]:
        """What a pull that isn't sealed holds."""
        folder = pulls.folder_of(self.home, "store") / pulls.OPEN / "data"
        return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Connected]:
    monkeypatch.setattr("os.fsync", lambda _: None)
    with running(Objects(f"acme-{uuid4().hex[:12]}"), monkeypatch.setenv) as objects:
        yield Connected(tmp_path, objects)


def contents(pull: pulls.Sealed) -> dict[str, bytes]:
    data = pull.folder / "data"
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def test_a_pull_holds_the_data_files_below_the_address_and_is_sealed(connected: Connected) -> None:
    pull = connected.fetch()
    assert contents(pull) == {
        "teams.csv": b"id;label\nt1;One\n", "more/products.jsonl": b'{"id": "p1", "label": "P"}\n',
    }  # fmt: skip
    assert {path.stat().st_mode & 0o777 for path in pull.folder.rglob("*") if path.is_file()} == {0o400}
    assert pull.rows == {"files": 2} and pull.kind == "snapshot"


def test_the_files_land_by_the_portfolio_s_mappings_and_file_settings(connected: Connected) -> None:
    connected.fetch()
    landed = connected.land()
    assert {feed: (r.outcome, r.counts["landed_rows"]) for feed, r in landed.items()} == {
        "teams": ("landed", 1), "products": ("landed", 1),
    }  # fmt: skip
    assert landed["teams"].read == {"data/teams.csv": "semicolon, UTF-8"}


def test_what_did_not_change_is_neither_copied_nor_landed_again(connected: Connected) -> None:
    first = connected.fetch()
    connected.land()
    connected.objects.asked.clear()

    again = connected.fetch()
    assert (again.folder, again.seen_at, connected.objects.files) == (first.folder, connected.now, [])

    connected.objects.put("exports/teams.csv", "id;label\nt1;One\nt2;Two\n")
    second = connected.fetch()
    assert [path.rpartition("/")[2] for path in connected.objects.files] == ["teams.csv"]
    assert contents(second)["more/products.jsonl"] == contents(first)["more/products.jsonl"]
    landed = connected.land()
    assert {feed: result.outcome for feed, result in landed.items()} == {"teams": "landed", "products": "unchanged"}

    connected.objects.delete("exports/more/products.jsonl")
    assert set(contents(connected.fetch())) == {"teams.csv"}


def test_a_full_fetch_copies_everything_again(connected: Connected) -> None:
    connected.fetch()
    connected.objects.asked.clear()
    connected.fetch(full=True)
    assert len(connected.objects.files) == 2


def test_dated_folders_are_a_history(connected: Connected) -> None:
    connected.source = source_of(path=f"s3://{connected.objects.name}/days", history=True, feeds=["teams"])
    for day, label in (("2025-01-31", "One"), ("2025-02-28", "Uno")):
        connected.objects.put(f"days/{day}/teams.csv", f"id;label\nt1;{label}\n")
    connected.fetch()
    connected.land()
    observed = {path.parent.name for path in connected.home.glob("landing/teams/source=store/*/load.json")}
    assert len(observed) == 2


@pytest.mark.parametrize("fault", ["500", "cut"])
def test_a_fault_that_passes_costs_nothing(connected: Connected, fault: str) -> None:
    connected.objects.faults = {1: fault, 3: fault, 5: fault}
    assert contents(connected.fetch())["teams.csv"] == b"id;label\nt1;One\n"


@pytest.mark.parametrize(
    ("fault", "said"), [("denied", "may not read it (403, AccessDenied)"), ("500", "can't be read (500)")]
)
def test_a_fault_that_stays_stops_the_pull(connected: Connected, fault: str, said: str) -> None:
    connected.fetch()
    connected.objects.faults = {0: fault}
    with pytest.raises(LandingError) as error:
        connected.fetch(full=True)
    assert said in str(error.value) and "To fix:" in str(error.value)
    assert "a-planted-token-7391" not in str(error.value)
    assert len(pulls.sealed(connected.home, "store")) == 1


def test_a_body_that_is_always_cut_is_no_file(connected: Connected) -> None:
    connected.objects.faults = dict.fromkeys(range(2, 200), "cut")
    with pytest.raises(LandingError, match="store: s3://"):
        connected.fetch()
    assert connected.left() == {}


def test_a_file_that_changes_while_it_is_copied_is_refused_and_the_next_fetch_goes_on(connected: Connected) -> None:
    connected.objects.meanwhile = lambda: connected.objects.put("exports/teams.csv", "id;label\nt1;Other\n")
    with pytest.raises(LandingError, match=r"teams\.csv: it changed while it was copied"):
        connected.fetch()
    assert set(connected.left()) == {"products.jsonl"}
    connected.objects.asked.clear()
    assert contents(connected.fetch())["teams.csv"] == b"id;label\nt1;Other\n"
    assert [path.rpartition("/")[2] for path in connected.objects.files] == ["teams.csv"]


def test_killed_at_any_file_and_continued_no_file_is_copied_twice(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Stands for a kill."""

    copy = Store.copy

    def until(self: Store, name: str, wanted: Object, target: Path) -> None:
        if name == "teams.csv":
            target.with_name("gone.csv.part").write_text("torn")
            raise Killed
        copy(self, name, wanted, target)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "copy", until)
        with pytest.raises(Killed):
            connected.fetch()
    connected.objects.asked.clear()
    assert set(contents(connected.fetch())) == {"teams.csv", "more/products.jsonl"}
    assert [path.rpartition("/")[2] for path in connected.objects.files] == ["teams.csv"]


def test_where_the_store_is_down_the_last_pull_is_used_by_the_time_it_was_last_seen(
    connected: Connected, tmp_path: Path
) -> None:
    (connected.portfolio / "portfolio.yml").write_text(
        "name: mine\ntitle: Mine\nreporting_currency: EUR\n"
        f"sources: [{{name: store, path: 's3://{connected.objects.name}/exports', patience: 1}}]\n"
    )
    space = workspace(connected.portfolio).model_copy(update={"home": tmp_path / "home"})
    space.home.mkdir(exist_ok=True)
    (found,) = fetch_all(space, space.portfolio.fetched, lambda _: None)
    assert found.problem is None and found.pull is not None
    pulls.see(found.pull, datetime.now(UTC) - timedelta(days=3))
    connected.objects.faults = {0: "500"}
    (found,) = fetch_all(space, space.portfolio.fetched, lambda _: None)
    assert not found.is_usable and "3 days ago" in str(found.problem)
    connected.objects.faults = {}
    fetch_all(space, space.portfolio.fetched, lambda _: None)
    connected.objects.faults = {0: "500"}
    (found,) = fetch_all(space, space.portfolio.fetched, lambda _: None)
    assert found.is_usable and "it is used" in str(found.problem)


def test_a_file_that_comes_while_others_are_copied_is_no_part_of_the_pull(connected: Connected) -> None:
    connected.objects.meanwhile = lambda: connected.objects.put("exports/late.csv", "id\n1\n")
    with pytest.raises(LandingError, match="files changed while they were copied"):
        connected.fetch()
    assert set(contents(connected.fetch())) == {"late.csv", "teams.csv", "more/products.jsonl"}


def test_a_file_that_goes_while_others_are_copied_is_said(connected: Connected) -> None:
    connected.objects.meanwhile = lambda: connected.objects.delete("exports/teams.csv")
    with pytest.raises(LandingError, match=r"teams\.csv: there is no such thing"):
        connected.fetch()


def test_more_than_the_disk_holds_is_refused_before_it_is_copied(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected.objects.asked.clear()
    monkeypatch.setattr("sources.others.objects.copying.shutil.disk_usage", lambda _: SimpleNamespace(free=1))
    with pytest.raises(LandingError, match=r"are to be copied, and 0\.0 MB are free"):
        connected.fetch()
    assert connected.objects.files == []


@pytest.mark.parametrize(
    ("path", "said"),
    [("s3://nobody-has-this/x", "there is no such thing"), ("s3://{bucket}/none", "there is no data file")],
)
def test_what_is_not_there_is_said(connected: Connected, path: str, said: str) -> None:
    connected.source = source_of(path=path.format(bucket=connected.objects.name), patience=5)
    with pytest.raises(LandingError, match=said):
        connected.fetch()


def test_a_name_that_no_file_can_have_is_refused(connected: Connected) -> None:
    connected.objects.put("exports/" + "x" * 300 + ".csv", "id\n1\n")
    with pytest.raises(LandingError, match="its name can't be that of a file here"):
        connected.fetch()


def test_a_large_file_is_never_whole_in_memory(connected: Connected, tmp_path: Path) -> None:
    """Measured in a process of its own, as the server is in this one."""
    (connected.portfolio / "portfolio.yml").write_text(
        "name: mine\ntitle: Mine\nreporting_currency: EUR\n"
        f"sources: [{{name: store, path: 's3://{connected.objects.name}/exports'}}]\n"
    )
    peaks: list[int] = []
    for text in ("x", "x" * 200_000_000):
        connected.objects.put("exports/large.csv", text)
        env = clean_environment() | dict(os.environ) | environment(tmp_path / "homes", connected.portfolio)
        ended = run([sys.executable, "-c", PEAK], env)
        assert ended.exit_code == 0, ended.err
        peaks.append(int(ended.out))
    assert peaks[1] - peaks[0] < 100_000, peaks


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("s3://key:secret@bucket/x", "without user, password or query"),
        ("https://acme.example/a.csv?sig=x", "without user, password or query"),
        ("https://acme.example/", "none of s3"),
        ("http://acme.example/a.csv", "none of s3"),
        ("ftp://acme.example/a.csv", "nor an address that is read"),
    ],
)
def test_an_address_that_is_not_read_is_refused(path: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(Declared).validate_python({"name": "store", "path": path})


def test_one_file_behind_a_web_address(connected: Connected) -> None:
    connected.source = source_of(path=f"{connected.objects.url}/{connected.objects.name}/exports/teams.csv")
    connected.objects.client.put_object_acl(Bucket=connected.objects.name, Key="exports/teams.csv", ACL="public-read")
    assert set(contents(connected.fetch())) == {"teams.csv"}
    connected.objects.asked.clear()
    connected.fetch()
    assert len(connected.objects.asked) == 1


def test_what_a_user_runs(connected: Connected, tmp_path: Path) -> None:
    portfolio, homes = connected.portfolio, tmp_path / "homes"
    (portfolio / "portfolio.yml").write_text("name: mine\ntitle: Mine\nreporting_currency: EUR\n")

    def said(*arguments: str) -> str:
        found = outcomes(*arguments, home=homes, portfolio=portfolio)
        assert found.exit_code == 0, found.out + found.err
        return found.out

    (portfolio / "feeds").rename(portfolio / "later")  # mappings are written when the files can be seen
    path = f"path=s3://{connected.objects.name}/exports"
    shown = said("connect", "store", "--type", "files", "--set", path)
    assert "files: 2, 0.0 MB" in shown and "It was added to portfolio.yml." in shown
    assert "It fills no feed yet" in shown
    (portfolio / "later").rename(portfolio / "feeds")
    said("fetch", "store")
    assert "1 row" in said("feed", "teams", "--source", "store")
    assert "landed" in said("land")
    assert "source store: 2 feeds, seen" in outcomes("doctor", home=homes, portfolio=portfolio).out
    assert all(
        b"a-planted-token" not in (gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes())
        for p in homes.rglob("*") if p.is_file()
    )  # fmt: skip
