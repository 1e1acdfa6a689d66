"""A landed file is as it landed, or it is named before a figure is made of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sources import loads, seals
from sources.errors import LandingError
from tests.sources.bench import Bench

HARMS: dict[str, Callable[[bytes], bytes]] = {
    "a flipped bit": lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
    "a flipped bit at the end": lambda content: content[:-3] + bytes([content[-3] ^ 1]) + content[-2:],
    "cut": lambda content: content[:-20],
    "empty": lambda content: content[:0],
}


@pytest.fixture
def landed(bench: Bench) -> Bench:
    bench.rows_of("teams", [{"team_id": "T1", "name": "Otter"}, {"team_id": "T2", "name": "Badger"}])
    bench.land()
    return bench


def folder_of(bench: Bench) -> Path:
    [folder] = loads.folders(bench.home)
    return folder


@pytest.mark.parametrize("name", ["part-0.parquet", "load.json"])
@pytest.mark.parametrize("harm", [*HARMS, "missing"])
def test_a_damaged_file_is_named_before_it_is_read(landed: Bench, name: str, harm: str) -> None:
    path = folder_of(landed) / name
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(HARMS[harm](path.read_bytes()))

    with pytest.raises(LandingError, match=rf"^landing/teams/source=src/load=\w+/{name}: .* To fix: .*--repair"):
        landed.stage()
    assert [damage.path for damage in seals.in_folders(loads.folders(landed.home))] == [path]


def test_every_bit_of_the_record_is_sealed(landed: Bench) -> None:
    path = folder_of(landed) / seals.RECORD
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert isinstance(seals.read(path.parent), seals.Damage), f"byte {at}"


def test_an_amount_that_someone_edits_is_noticed(landed: Bench) -> None:
    """Also where the file stays a good Parquet file."""
    folder = folder_of(landed)
    other = Bench(landed.folder.parent / "other")
    other.rows_of("teams", [{"team_id": "T1", "name": "Otter"}, {"team_id": "T2", "name": "Beaver"}])
    other.land()
    shutil.copy(folder_of(other) / "part-0.parquet", folder / "part-0.parquet")

    with pytest.raises(LandingError, match="SHA-256"):
        landed.stage()


def test_a_load_of_an_earlier_release_is_read_without_a_seal(landed: Bench) -> None:
    path = folder_of(landed) / seals.RECORD
    record = seals.read(path.parent)
    assert isinstance(record, dict)
    path.write_text(json.dumps({name: value for name, value in record.items() if name != "parts"}, indent=2) + "\n")

    assert landed.query("select count(*) from landing.teams") == [(2,)]


def test_a_load_with_checksums_and_no_seal_is_damaged(landed: Bench) -> None:
    path = folder_of(landed) / seals.RECORD
    path.write_text(json.dumps(seals.read(path.parent), indent=2) + "\n")

    with pytest.raises(LandingError, match=r"load\.json"):
        loads.all_loads(landed.home)


def test_a_snapshot_is_not_compared_with_a_damaged_one(landed: Bench) -> None:
    path = folder_of(landed) / "part-0.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    landed.rows_of("teams", [{"team_id": "T1", "name": "Otter"}])

    with pytest.raises(LandingError, match=r"part-0\.parquet"):
        landed.land()
    assert landed.load_count() == 1
