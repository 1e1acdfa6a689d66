"""The drawn cases are a sound portfolio: without one, `make mutate` can't begin."""

from pathlib import Path

from tests.mutation.baseline import build_baseline
from tests.mutation.cases import land_cases, write_cases


def test_the_drawn_cases_pass_the_audit(tmp_path: Path) -> None:
    # build_baseline raises where a check blocks, and names it
    found = build_baseline(write_cases(tmp_path / "cases"), tmp_path / "built", land_cases)

    assert any(record.status == "passed" for record in found.records)
