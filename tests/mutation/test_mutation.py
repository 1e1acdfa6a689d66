"""The mutation harness itself, and a fixed sample of mutants on tiny that the audit must catch."""

import pytest

from expectations import gx
from tests.mutation.conftest import Spoil
from tests.mutation.definitions import definitions
from tests.mutation.guards import suite_fails
from tests.mutation.operators import Mutant, mutants, regenerated
from tests.mutation.score import (
    Catches,
    Equivalent,
    Outcome,
    Target,
    catches,
    drawn,
    load_equivalents,
    problems,
    report,
    run,
    score,
    targets,
)
from tests.mutation.warehouse import Finding, Start, Warehouse

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("mutations")]

SQL = """
    with a as (select * from warehouse.core.fct_rituals)
    select a.team_id, sum(a.amount) / count(distinct a.person_id) as share, coalesce(max(a.held_at), 0) as last
    from a
    left join teams as b on a.team_id = b.team_id and a.held_at >= b.valid_from
    where a.amount > 5 and a.kind in ('x', 'y')
    group by a.team_id
"""

# target, operator, part of what stood there: each must be caught on tiny
SAMPLE = (
    ("model:int_deliverables", "boundary", "done_date <= due_date"),
    ("model:int_ledger_entries", "fan_out", "LEFT JOIN accounts"),
    ("model:int_ledger_entries", "join_key", "entries.posted_date = rates.date_day"),
    ("model:int_ledger_entries", "weight", "entries.amount * rates.rate"),
    ("model:int_survey_answers", "latest_first", "responded_at DESC"),
    ("model:int_daily_rates", "latest_first", "LEAD(rate_date)"),
    ("model:int_budget_months", "latest_first", "version_date DESC"),
    ("model:int_due_dates", "boundary", "changes.changed_at > work_items.committed_at"),
    ("model:int_benefit_credits", "partition", "SUM(weight)"),
    ("metric:on_time_rate", "denominator", ""),
    ("mapping:tiny/ledger_entries", "coalesce", ""),
)


def mutant_of(sql: str, operator: str, before: str) -> Mutant:
    [found] = [m for m in mutants("model:a", sql) if m.operator == operator and m.before.startswith(before)][:1]
    return found


# rows of which several checks must say that they are wrong
SPOILT = {
    "core.fct_ledger_entries": "select * replace (-exchange_rate as exchange_rate) from core.fct_ledger_entries"
    " union all from core.fct_ledger_entries",
    "metrics.fct_metric_values": "select * replace (-1 as n, -2.0 as value, 'odd' as status) from metrics.fct_metric_values",
}


# ---- mistakes


@pytest.mark.parametrize(
    ("operator", "before", "now"),
    [
        ("boundary", "a.amount > 5", "a.amount >= 5"),
        ("comparison", "a.amount > 5", "a.amount < 5"),
        ("off_by_one", "5", "a.amount > 6"),
        ("filter", "a.amount > 5 AND", "WHERE (a.amount > 5 OR a.kind IN ('x', 'y'))"),
        ("filter", "a.kind IN", "a.kind IN ('y')"),
        ("join_type", "LEFT JOIN", "INNER JOIN teams"),
        ("join_key", "a.team_id = b.team_id AND", "ON a.team_id = b.team_id WHERE"),
        ("fan_out", "LEFT JOIN", "(SELECT * FROM teams UNION ALL SELECT * FROM teams) AS b"),
        ("aggregate", "SUM(a.amount)", "MAX(a.amount) / "),
        ("distinct", "COUNT(DISTINCT", "COUNT(a.person_id)"),
        ("denominator", "SUM(a.amount) /", "SELECT a.team_id, SUM(a.amount) AS share"),
        ("coalesce", "COALESCE(", "MAX(a.held_at) AS last"),
        ("latest_first", "MAX(", "MIN(a.held_at)"),
        ("wrong_date", "a.held_at", "a.done_at"),
    ],
)
def test_a_mistake_changes_what_it_should(operator: str, before: str, now: str) -> None:
    dates = {"fct_rituals": {"held_at": "TIMESTAMP", "done_at": "TIMESTAMP", "held_date": "DATE"}}
    found = [m for m in mutants("model:a", SQL, dates) if m.operator == operator and m.before.startswith(before)]

    assert any(now in mutant.apply() for mutant in found), [mutant.apply() for mutant in found]


def test_a_mutant_changes_one_place() -> None:
    whole = regenerated(SQL)

    assert all(mutant.apply() != whole for mutant in mutants("model:a", SQL))


def test_a_mutant_keeps_its_name_when_other_text_changes() -> None:
    before = mutant_of(SQL, "boundary", "a.amount > 5")
    after = mutant_of(SQL.replace("'x', 'y'", "'x', 'z', 'w'"), "boundary", "a.amount > 5")

    assert before.id == after.id


def test_names_are_unique() -> None:
    ids = [mutant.id for mutant in mutants("model:a", SQL)]

    assert len(set(ids)) == len(ids) > 20


def test_a_draw_depends_on_the_seed_and_takes_each_operator_once_before_any_twice() -> None:
    found = mutants("model:a", SQL)
    first, other = list(drawn(found, 1)), list(drawn(found, 2))
    operators = {mutant.operator for mutant in found}

    assert {m.operator for m in first[: len(operators)]} == operators
    assert [m.id for m in first] == [m.id for m in drawn(found, 1)] != [m.id for m in other]
    assert {m.id for m in first} == {m.id for m in found}


# ---- judging


def outcome(id_: str, status: str, *by: str) -> Outcome:
    return Outcome(id_, "published", "model:a", "filter", "cte", "a", "b", status, by, "acme", (), (), False, 0.1)


def test_the_score_leaves_out_what_was_judged_equivalent() -> None:
    found = score([outcome("1", "killed", "dbt:x"), outcome("2", "same"), outcome("3", "survived")], {"2"})

    assert (found.mutants, found.killed, found.equivalent, found.apart, found.left, found.share) == (3, 1, 1, 0, 1, 0.5)


@pytest.mark.parametrize("status", ["same", "unpublished"])
def test_what_changes_nothing_published_stands_apart_until_it_is_judged(status: str) -> None:
    outcomes = [outcome("1", "killed", "dbt:x"), outcome("2", status), outcome("3", "survived")]
    found, judged = score(outcomes, ()), score(outcomes, {"2"})

    assert (found.apart, found.left, found.share, found.least) == (1, 1, 1 / 2, 1 / 3)
    assert (judged.apart, judged.equivalent, judged.least) == (0, 1, 1 / 2)
    assert "- `2`" not in report(outcomes, {}, 7)


def test_a_judgement_of_no_mutant_or_of_one_that_is_caught_is_an_error() -> None:
    listed = [Equivalent(id=id_, mutation="m", reason="r") for id_ in ("1", "2", "3")]
    said = problems(listed, {"1", "2"}, [outcome("1", "killed", "dbt:x"), outcome("2", "same")])

    assert len(said) == 2
    assert "3 (m) is no mutant any more" in said[0]
    assert "dbt:x catches it" in said[1]


def test_the_report_names_what_survives() -> None:
    said = report([outcome("1", "killed", "dbt:x"), outcome("left", "survived")], {}, 7)

    assert "**50.0%**" in said
    assert "- `left` model:a" in said


def test_each_check_that_catches_a_mutant_is_counted_and_what_it_catches_alone() -> None:
    outcomes = [
        outcome("1", "killed", "dbt:x", "recomputation:y"),
        outcome("2", "killed", "dbt:x"),
        outcome("3", "same"),
    ]

    assert catches(outcomes) == {"dbt:x": Catches(2, 1), "recomputation:y": Catches(1, 0)}
    assert "| dbt | 1 | 2 | 1 |" in report(outcomes, {}, 7)


def test_each_judgement_says_why() -> None:
    assert all(len(entry.reason) > 10 for entry in load_equivalents().values())


# ---- on tiny


@pytest.fixture(scope="module")
def chosen(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    return {target.name: target for target in targets([warehouse], tmp_path_factory.mktemp("scratch"))}


def test_sql_that_was_only_written_anew_changes_nothing(warehouse: Warehouse) -> None:
    models = warehouse.baseline.models.values()
    found = {m.name: warehouse.try_out(Start(model=(m.name, regenerated(m.sql)))) for m in models}

    assert {name: finding for name, finding in found.items() if finding.status != "same"} == {}


@pytest.mark.parametrize(("target", "operator", "before"), SAMPLE)
def test_the_audit_catches_a_mistake(target: str, operator: str, before: str, chosen: dict[str, Target]) -> None:
    found = [m for m in chosen[target].mutants() if m.operator == operator and before in m.before]

    assert found, f"{target} holds no such text any more"
    assert "killed" in {chosen[target].try_out(mutant).status for mutant in found[:3]}


def test_a_trial_leaves_nothing_behind(warehouse: Warehouse, chosen: dict[str, Target]) -> None:
    list(run([chosen["model:fct_ledger_entries"]], {"published": 8}, seed=1))

    assert {table: warehouse._print(table) for table in warehouse.databases} == warehouse.prints


def test_a_suite_s_verdict_by_sql_is_that_of_great_expectations(warehouse: Warehouse, spoilt: Spoil) -> None:
    checks = {f"gx:{check.name}": check for check in gx.load_checks()}
    suites = [guard for guard in warehouse.guards if guard.name in checks]

    def verdicts() -> tuple[dict[str, bool], dict[str, bool]]:
        by_sql = {guard.name: guard.fails(warehouse.connection) for guard in suites}
        return by_sql, {name: suite_fails(warehouse.connection, check) for name, check in checks.items()}

    sound, asked = verdicts()
    assert sound == asked
    with spoilt(SPOILT):
        found, asked = verdicts()
    assert found == asked
    assert sum(fails and not sound[name] for name, fails in found.items()) >= 5


def test_a_part_of_a_metric_mistaken_for_another_leaves_its_query_s_fingerprint(warehouse: Warehouse) -> None:
    defined = definitions(warehouse)
    [swapped] = [m for m in defined.mutants("on_time_rate") if m.before.startswith("denominator: ")]
    start, shown = defined.start(warehouse, "on_time_rate", swapped)

    assert {entry.parts["denominator"] for entry in start.compiled} == {swapped.after.partition(": ")[2]}
    assert not shown


def test_a_query_that_can_t_be_bound_is_no_mutant(warehouse: Warehouse) -> None:
    assert warehouse.try_out(Start(model=("fct_rituals", "select no_such_column from nowhere"))).status == "invalid"


@pytest.mark.parametrize(("table", "status"), [("staging.stg_teams", "unpublished"), ("core.dim_team", "survived")])
def test_what_nobody_noticed_survives_only_if_it_is_published(
    table: str, status: str, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse, "readers", {})
    monkeypatch.setattr(warehouse, "guards", [])
    found = warehouse.try_out(Start(tables={table: f"from {warehouse.name(table)} limit 0"}))

    assert (found.status, found.changed) == (status, (table,))


@pytest.mark.parametrize("every_check", [False, True])
def test_a_mutant_is_left_as_soon_as_one_check_has_caught_it(
    every_check: bool, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse, "every_check", every_check)
    twice = "from outcomes.value_summary union all from outcomes.value_summary"
    found = warehouse.try_out(Start(tables={"outcomes.value_summary": twice}))

    assert (found.status, len(found.by) > 1) == ("killed", every_check)


def test_other_types_break_a_published_contract(warehouse: Warehouse) -> None:
    found = warehouse.try_out(Start(model=("fct_rituals", "select 1 as ritual_key")))

    assert found == Finding("killed", ("build:contract of fct_rituals",), (), (), found.seconds)


def test_every_model_and_metric_can_be_mutated(warehouse: Warehouse, chosen: dict[str, Target]) -> None:
    assert {f"model:{name}" for name in warehouse.baseline.models} <= set(chosen)
    assert {f"metric:{name}" for name in definitions(warehouse).metrics()} <= set(chosen)
