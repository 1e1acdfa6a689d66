"""Metric contracts: formatting does not count, meaning does."""

import shutil
from pathlib import Path

import pytest

from expectations.contracts import (
    ALL_DECLARED,
    CONTRACTS,
    MetricContract,
    check_contracts,
    fingerprint,
    load_metrics,
    write_fingerprints,
)
from tests.expectations.builds import spoil

SQL = "select sum(a.amount) as cost from core.fct_ledger_entries as a where a.posted_date <= date '2025-06-30'"
COMPILED = {name: f"select {number} as {name} from core.t as s" for number, name in enumerate(load_metrics())}


@pytest.mark.parametrize(
    "same",
    [
        SQL.upper().replace("'2025-06-30'".upper(), "'2025-06-30'"),
        "/* why */ " + SQL.replace(" ", "\n  ") + " -- end",
        SQL.replace("a.", "subq_12.").replace("as a", "AS subq_12"),
        SQL.replace("core.fct", "warehouse.core.fct").replace(" as cost", ' as "cost"'),
    ],
)
def test_formatting_comments_and_aliases_do_not_count(same: str) -> None:
    assert fingerprint(same) == fingerprint(SQL)


@pytest.mark.parametrize(
    "other",
    [
        SQL.replace("<=", "<"),
        SQL.replace("sum", "avg"),
        SQL.replace("a.amount", "a.reporting_amount"),
        SQL.replace("06-30", "06-29"),
        SQL.replace("fct_ledger_entries", "fct_budgets"),
        SQL.split(" where ")[0],
    ],
)
def test_a_change_of_meaning_counts(other: str) -> None:
    assert fingerprint(other) != fingerprint(SQL)


def test_a_set_of_queries_has_one_fingerprint_whatever_its_order() -> None:
    assert fingerprint({"a": SQL, "b": "select 1"}) == fingerprint({"b": "select 1", "a": SQL})
    assert fingerprint({"a": SQL, "b": "select 1"}) != fingerprint({"a": SQL, "b": "select 2"})


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A copy of the contracts with the fingerprints of COMPILED."""
    folder = Path(shutil.copytree(CONTRACTS, tmp_path / "contracts", ignore=shutil.ignore_patterns("sql")))
    write_fingerprints(COMPILED, folder)
    return folder


def text_of(folder: Path) -> str:
    """All contracts as one text."""
    return "".join(path.read_text() for path in sorted(folder.glob("*.yml")))


def test_matching_contracts_pass(sound_build: tuple[Path, Path], contracts: Path) -> None:
    records = check_contracts(COMPILED, sound_build[0], contracts)
    assert [record.check_name for record in records] == [*load_metrics(), ALL_DECLARED]
    assert [(r.check_name, r.observed) for r in records if r.status != "passed"] == []


def test_writing_fingerprints_changes_nothing_else(contracts: Path) -> None:
    before = text_of(contracts)
    assert write_fingerprints(COMPILED, contracts) == []
    assert text_of(contracts) == before
    assert write_fingerprints({**COMPILED, "nps": "select 'new'"}, contracts, same_meaning=["nps"]) == ["nps"]
    changed = [(a, b) for a, b in zip(before.splitlines(), text_of(contracts).splitlines(), strict=True) if a != b]
    assert len(changed) == 1 and "fingerprint" in changed[0][0]


def test_a_changed_query_needs_a_new_version(contracts: Path) -> None:
    before = text_of(contracts)
    with pytest.raises(ValueError, match=r"the SQL of nps changed and the version did not.*--same-meaning"):
        write_fingerprints({**COMPILED, "nps": "select 'new'"}, contracts)
    assert text_of(contracts) == before


def test_a_metric_without_a_contract_gets_no_fingerprint_and_is_named(contracts: Path) -> None:
    before = text_of(contracts)
    with pytest.raises(ValueError, match=r"no contract of undeclared\. What to do"):
        write_fingerprints({**COMPILED, "undeclared": SQL}, contracts)
    assert text_of(contracts) == before


def test_a_raised_version_takes_a_new_fingerprint(contracts: Path) -> None:
    path = next(path for path in contracts.glob("*.yml") if "name: nps" in path.read_text())
    text = path.read_text()
    place = text.index("name: nps")
    told = "version: 2\n    version_since: 2026-02-01\n    change_note: Answers of colleagues stay out."
    path.write_text(text[:place] + text[place:].replace("version: 1", told, 1))
    load_metrics.cache_clear()
    assert write_fingerprints({**COMPILED, "nps": "select 'new'"}, contracts) == ["nps"]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": 2, "version_since": "2026-02-01"},
        {"version": 2, "change_note": "Answers of colleagues stay out."},
        {"version_since": "2026-02-01", "change_note": "Answers of colleagues stay out."},
    ],
)
def test_a_version_after_the_first_says_since_when_and_what_it_changed(change: dict[str, object]) -> None:
    nps = load_metrics()["nps"].model_dump(mode="json")
    with pytest.raises(ValueError, match=r"nps has version .*`version_since`.*`change_note`"):
        MetricContract.model_validate(nps | change)


def test_a_changed_query_names_metric_fingerprints_and_both_queries(
    sound_build: tuple[Path, Path], contracts: Path
) -> None:
    new = "select 2 as cost"
    failed = [r for r in check_contracts({**COMPILED, "cost": new}, sound_build[0], contracts) if r.status != "passed"]
    assert [record.check_name for record in failed] == ["cost"]
    observed = str(failed[0].observed)
    assert "cost" in observed
    assert fingerprint(new) in observed
    assert fingerprint(COMPILED["cost"]) in observed
    assert f"- {int(COMPILED['cost'].split()[1])} AS cost" in observed and "+ 2 AS cost" in observed
    assert "2 AS cost" in str(failed[0].sample)


@pytest.mark.parametrize(
    "change",
    ["metric_version = 2", "formula = 'x'", "unit = 'x'", "direction = 'none'", "kind = 'x'", "valid_max = 7",
     "minimum_n = 3", "fingerprint = 'x'", "version_since = date '2026-02-01'", "change_note = 'x'",
     "when_empty = case when_empty when 'zero' then 'not_measured' else 'zero' end"],
)  # fmt: skip
def test_a_published_definition_that_differs_is_caught(
    change: str, a_build: tuple[Path, Path], contracts: Path
) -> None:
    spoil(a_build[0], f"update metrics.dim_metric set {change} where metric_name = 'revenue'")
    failed = [r.check_name for r in check_contracts(COMPILED, a_build[0], contracts) if r.status != "passed"]
    assert failed == ["revenue"]


def test_an_empty_fingerprint_and_missing_sql_fail(
    sound_build: tuple[Path, Path], contracts: Path, tmp_path: Path
) -> None:
    empty = Path(shutil.copytree(contracts, tmp_path / "empty"))
    for path in empty.glob("*.yml"):
        path.write_text(path.read_text().replace(f'"{fingerprint(COMPILED["nps"])}"', '""'))
    without_cost = {name: sql for name, sql in COMPILED.items() if name != "cost"}
    failed = [r for r in check_contracts(without_cost, sound_build[0], empty) if r.status != "passed"]
    assert sorted((record.check_name, record.severity, record.status) for record in failed) == [
        ("cost", "fail", "failed"),
        ("nps", "fail", "failed"),
    ]


def test_a_metric_without_a_contract_is_named(sound_build: tuple[Path, Path], contracts: Path) -> None:
    failed = [
        r
        for r in check_contracts({**COMPILED, "undeclared": "select 1"}, sound_build[0], contracts)
        if r.status != "passed"
    ]
    assert [record.check_name for record in failed] == [ALL_DECLARED]
    assert "undeclared" in str(failed[0].observed)


def test_a_dimension_that_only_one_of_contract_and_saved_queries_has_is_named(
    sound_build: tuple[Path, Path], contracts: Path
) -> None:
    declared = load_metrics()["cost"].dimensions
    asked = {f"{name} by all": COMPILED["cost"] for name in (*declared, "ritual_type") if name != "team"}
    compiled = {**COMPILED, "cost": asked}
    write_fingerprints(compiled, contracts, same_meaning=["cost"])

    [failed] = [r for r in check_contracts(compiled, sound_build[0], contracts) if r.status != "passed"]

    assert failed.check_name == "cost"
    assert "dimension team in the contract, in no saved query" in failed.observed
    assert "dimension ritual_type in a saved query, not in the contract" in failed.observed
