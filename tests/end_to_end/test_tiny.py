"""Tiny, refreshed: every figure computed by hand is published, and a second refresh knows that nothing is new."""

import csv
import math
from datetime import date
from typing import Any

import pytest

from dagster_project.home import FILES, FOLDERS
from tests.end_to_end.conftest import Portfolio, Stage
from tests.end_to_end.harness import TINY, Said, read, served

pytestmark = pytest.mark.xdist_group("tiny")

EXPECTED = list(csv.DictReader((TINY / "expected" / "metrics.csv").open()))
VALUE, NUMERATOR, DENOMINATOR, N, N_EXCLUDED, STATUS = 5, 6, 7, 8, 9, 12


def number(text: str) -> float | None:
    """A figure of the expected table; empty is none."""
    return float(text) if text else None


def same(expected: float | None, found: float | None) -> bool:
    """Whether two figures agree to 1e-9 of their size; none agrees with none alone."""
    if expected is None or found is None:
        return expected is found
    return math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-12)


def cells(stage: Stage) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """The published metric values by metric, grain, period, dimension and member."""
    return {row[:5]: row for row in stage.figures[0]}


@pytest.mark.parametrize("metric", sorted({row["metric_name"] for row in EXPECTED}))
def test_the_figures_computed_by_hand_are_published(metric: str, first: Stage) -> None:
    published = cells(first)
    wrong: list[tuple[Any, Any]] = []
    for row in (row for row in EXPECTED if row["metric_name"] == metric):
        period = date.fromisoformat(row["period_start"]) if row["period_start"] else None
        key = (metric, row["grain"], period, row["dimension_name"], row["member_id"] or "total")
        found = published.get(key)
        if found is None:
            if row["status"] != "not_measured" or row["numerator"]:
                wrong.append((row, None))
            continue
        agrees = (
            same(number(row["value"]), found[VALUE])
            and same(number(row["numerator"]), found[NUMERATOR])
            and same(number(row["denominator"]), found[DENOMINATOR])
            and (int(row["n"]), int(row["n_excluded"]), row["status"]) == (found[N], found[N_EXCLUDED], found[STATUS])
        )
        if not agrees:
            wrong.append((row, found))

    assert wrong == []


def test_every_metric_worked_out_here_is_measured(first: Stage) -> None:
    """The fixture's purpose: none of these goes untested for want of data; golden cases hold the others."""
    total = {row["metric_name"] for row in EXPECTED}

    assert {row[0] for row in first.figures[0] if row[STATUS] == "measured"} >= total
    assert len(total) == 9


def test_a_small_sample_is_never_measured(first: Stage) -> None:
    minimum = {"on_time_rate": 10, "lead_time_days_p50": 10, "approval_rate": 10, "nps": 10}

    judged = {
        (row[STATUS] == "measured", row[N] >= minimum[row[0]])
        for row in first.figures[0]
        if row[0] in minimum and row[VALUE] is not None
    }

    assert judged == {(True, True), (False, False)}


def test_what_initiatives_cost_and_returned(first: Stage) -> None:
    found = read(
        served(first.home),
        """select entity_id, approved_reporting_amount::double, cost_reporting_amount::double,
            benefit_reporting_amount::double, round(roi, 9)
        from outcomes.value_realization where level = 'initiative' order by 1""",
    )

    assert found == [
        ("I1", 10000.0, 8525.7231, 11410.5, round((11410.5 - 8525.7231) / 8525.7231, 9)),
        ("I2", 6790.0, 7916.6454, -125.0, round((-125 - 7916.6454) / 7916.6454, 9)),
        ("I3", 500.0, 236.8421, 700.0, round((700 - 236.8421) / 236.8421, 9)),
        ("I4", None, 3657.2632, None, None),
        ("I5", None, 900.0, None, None),
    ]


def test_what_was_delivered_is_linked_or_unlinked(first: Stage) -> None:
    found = read(
        served(first.home),
        """select count(*), count(*) filter (is_delivered), sum(deliverables_on_time), sum(deliverables_due)
        from outcomes.value_realization where level = 'deliverable'""",
    )

    assert found == [(26, 19, 12, 20)]


def test_the_first_refresh_publishes_one_version(first: Stage) -> None:
    assert first.said.exit_code == 0
    assert first.versions == (first.version,)
    assert "Deliverables" in first.said.out
    assert str(first.home / "index.html") in first.said.out
    assert "Tiny, computed by hand" in first.page
    assert 'class="banner"' not in first.page


def test_folders_with_a_quote_in_their_names_are_like_any_others(first: Stage, rows_of_check: Said) -> None:
    assert "'" in str(first.home)
    assert (first.said.exit_code, rows_of_check.exit_code) == (0, 0)


def test_a_refresh_whose_output_is_piped_writes_no_progress(first: Stage) -> None:
    assert first.said.err == ""


def test_a_second_refresh_says_that_nothing_is_new(again: Stage) -> None:
    assert again.said.exit_code == 0
    assert again.said.out.startswith("Nothing new")


def test_a_second_refresh_publishes_nothing(first: Stage, again: Stage) -> None:
    assert again.version == first.version
    assert again.files == first.files


def test_each_folder_and_file_of_a_home_is_known_by_name(first: Stage) -> None:
    """Else a file in the place of a folder, or the other way round, is told by the system's error alone."""
    known = {True: {*FOLDERS}, False: {*FILES}}

    assert [path for path in first.home.iterdir() if path.name not in known[path.is_dir()]] == []


def test_a_full_refresh_publishes_anew_the_same_figures(first: Stage, recovered: Stage) -> None:
    assert recovered.said.exit_code == 0
    assert recovered.version not in (None, first.version)
    assert recovered.versions == (first.version, recovered.version)
    assert recovered.figures == first.figures


def test_a_version_is_immutable(first: Stage, recovered: Stage) -> None:
    assert first.version
    kept = {name: stat for name, stat in first.files.items() if name.startswith(first.version + "/")}

    assert len(kept) >= 3
    assert kept.items() <= recovered.files.items()


def test_the_same_files_land_once(tiny: Portfolio, again: Stage) -> None:
    assert again.version
    loads = list((tiny.home / "landing").glob("teams/source=office/load=*"))

    assert len(loads) == 1
