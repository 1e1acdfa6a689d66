"""A small sample of each kind of fault, and the page that says what a large one found."""

import json
from pathlib import Path

import pytest

from tests.faults.__main__ import KINDS, MEASURED, PAGE, page
from tests.faults.bench import Bench

SAMPLE = {
    "killed": 3,
    "stopped_with_news": 5,
    "stopped_full": 5,
    "wal": 1,
    "disk_full": 3,
    "readers": 20,
    "at_once": 1,
    "clock": 1,
    "damaged_records": 1,
}  # tries
FEW = 5

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("faults"), seed=17, minutes=60)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_it_holds(kind: str, bench: Bench) -> None:
    make, _ = KINDS[kind]
    found = make(bench, SAMPLE.get(kind, FEW))
    if not found:
        pytest.skip("it can't be made here")
    assert [fault.broken for fault in found] == [[] for _ in found]


def test_the_page_says_what_was_measured() -> None:
    assert Path(PAGE).read_text() == page(json.loads(MEASURED.read_text()))
