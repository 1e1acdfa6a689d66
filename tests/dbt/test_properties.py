"""Properties of every warehouse, held over small random portfolios: what went in comes out, once, to the last place.

Hypothesis draws the portfolios. A build costs ten seconds and more, so one portfolio holds many independent cases, the
properties share its builds, and nothing is shrunk. The quick form draws one portfolio and builds it twice; the slow
one draws more, and builds each in every form.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

from dagster_project import reuse
from dagster_project.run import Run
from dagster_project.settings import workspace
from sources import loads
from sources.config import FileSource
from sources.landing import land_source
from tests.dbt import plain_oracles as plain
from tests.dbt import random_portfolios as made
from tests.golden.warehouse import build_and_measure

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("properties")]

CASES = 40
KEY = b"the same pseudonyms in every home"
# where a row was read, not what it says: another load shows it in another file or line
LINEAGE = {"source_file", "source_record"}
SLOW = pytest.mark.slow
Row = dict[str, Any]


@dataclass(frozen=True)
class Load:
    """What one load shows."""

    feeds: made.Feeds
    number: int
    kind: str = "snapshot"
    later: timedelta = timedelta()
    is_built: bool = False  # a build follows, which goes on with the one before


def loads_of(spec: made.Spec, form: str) -> list[Load]:
    """The loads of a portfolio in the order in which they land."""
    shown = made.as_shown(spec, made.rows_now(spec))
    snapshots = [Load(feeds, n) for n, feeds in enumerate(shown)]
    increments = [Load(feeds, n, "increment") for n, feeds in enumerate(made.additions(shown))]
    vanished = [Load(feeds, n) for n, feeds in enumerate(made.with_vanished(spec, shown))]
    again = timedelta(hours=1)
    return {
        "snapshots": snapshots,
        "snapshots, built as they land": built_as_they_land(spec, snapshots),
        "with vanished rows, built as they land": built_as_they_land(spec, vanished),
        "increments": increments,
        "increments out of order and again": [
            increments[2], increments[0], increments[1], Load(increments[2].feeds, 2, "increment", again)
        ],
        "with vanished rows": vanished,
        "with vanished rows, out of order": [vanished[2], vanished[0], vanished[1]],
        "with vanished rows, the last again": [*vanished, Load(vanished[2].feeds, 2, later=again)],
    }[form]  # fmt: skip


def built_as_they_land(spec: made.Spec, whole: list[Load]) -> list[Load]:
    """The same loads, each landed in two parts, with a build after some of them: so much of each is as it was."""
    rng, parts = random.Random(spec.seed), list[Load]()
    for load in whole:
        first = {feed for feed in sorted(load.feeds) if rng.random() < 0.5}
        for feeds in (first, load.feeds.keys() - first):
            parts.append(replace(load, feeds={feed: load.feeds[feed] for feed in sorted(feeds)}))
    return [replace(part, is_built=number in (1, 2, 4)) for number, part in enumerate(parts)]


@dataclass
class Builds:
    """The warehouses built so far, by portfolio and form."""

    root: Path
    done: dict[tuple[made.Spec, str], Path] = field(default_factory=dict[tuple[made.Spec, str], Path])

    def of(self, spec: made.Spec, form: str = "snapshots") -> Path:
        """The build folder of a portfolio in a form, built where it isn't yet."""
        if (spec, form) not in self.done:
            self.done[spec, form] = self._build(spec, form, self.root / str(len(self.done)))
        return self.done[spec, form]

    def _build(self, spec: made.Spec, form: str, folder: Path) -> Path:
        home = folder / "home"
        folder.mkdir()
        (folder / "portfolio.yml").write_text(
            yaml.safe_dump(
                {
                    "name": "random",
                    "title": "Random",
                    "reporting_currency": "EUR",
                    "time_zone": spec.time_zone,
                    "as_of": made.NOW,
                    "observation_window_days": spec.observation_window_days,
                    "overhead_categories": [made.OVERHEAD],
                    "labour_cost": spec.labour_cost,
                    "labour_categories": [made.LABOUR],
                    "thresholds": {"deleted_fail_share": 1.0},
                }
            )
        )
        run = Run(workspace(folder).model_copy(update={"home": home}), home)
        rules = run.space.portfolio.landing_rules()
        for number, load in enumerate(loads_of(spec, form)):
            shown = folder / f"load{number}"
            made.write(shown, load.feeds)
            (shown / "data").mkdir()
            source = FileSource.model_validate(
                {
                    "name": "files",
                    "kind": load.kind,
                    "observed_at": made.SHOWN[load.number] + load.later,
                    "covers": {feed: [["2024-01-01", "2025-07-01"]] for feed in load.feeds},
                }
            )
            for _ in range(2):
                landed = land_source(shown, home, source, rules, KEY, run.landed_at)
            assert {one.outcome for one in landed} == {"unchanged"}
            assert sum(one.counts["quarantined_rows"] for one in landed) == 0
            if load.is_built:
                self._go_on(run)
        self._go_on(run)
        return run.space.build

    def _go_on(self, run: Run) -> None:
        """Build what has landed, with the build that is there as a refresh takes it."""
        build, settings_ = run.space.build, run.space.portfolio.build_settings(run.now)
        known = reuse.begin(build, "the same code", from_scratch=False)
        loads.expose(loads.freeze(run.space.home, run.now), run.space.home, run.space.stage, settings_)
        build_and_measure(build, known)
        reuse.end(build, "the same code", known, "a version")


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    return Builds(tmp_path_factory.mktemp("properties"))


def holds(examples: int, law: Callable[[made.Spec], None]) -> None:
    """Hold a law over so many portfolios, the same for every law."""
    quiet = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    def held(spec: made.Spec) -> None:
        law(spec)

    seed(20251122)(quiet(given(spec=made.specs(CASES))(held)))()


def query(build: Path, sql: str) -> list[Row]:
    """The rows of a query on a build, with its stage attached."""
    with duckdb.connect(str(build / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{build / 'stage.duckdb'}' as stage (read_only)")
        result = connection.execute(sql)
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def differences(one: Path, other: Path) -> dict[str, list[Any]]:
    """Every published table of two builds that differs, with the first rows that only one of them holds."""
    found: dict[str, list[Any]] = {}
    with duckdb.connect() as connection:
        for name, build in (("one", one), ("other", other)):
            connection.execute(f"attach '{build / 'warehouse.duckdb'}' as {name} (read_only)")
        listed = connection.execute("""
            select table_schema, table_name, map(list(column_name order by ordinal_position), list(data_type order by ordinal_position))
            from information_schema.columns
            where table_catalog = 'one' and table_schema in ('core', 'outcomes', 'metrics')
            group by all order by all
        """).fetchall()
        assert len(listed) > 35
        for schema, table, columns in listed:
            # a mean of floats ends in other digits where its rows are added up in another order
            kept = ", ".join(
                f'round("{column}", 9)' if kind == "DOUBLE" else f'"{column}"'
                for column, kind in columns.items()
                if column not in LINEAGE
            )
            a, b = (f"select {kept} from {name}.{schema}.{table}" for name in ("one", "other"))
            gone = connection.execute(f"{a} except all {b}").fetchmany(2)
            new = connection.execute(f"{b} except all {a}").fetchmany(2)
            if gone or new:
                found[f"{schema}.{table}"] = [gone, new]
    return found


EXAMPLES = pytest.mark.parametrize("examples", [1, pytest.param(3, marks=SLOW)])


# ---- history: how the same rows came, and in which order


@SLOW
def test_out_of_order_increments_shown_twice_are_the_snapshots_row_for_row(builds: Builds) -> None:
    """Three laws in one build; the slow tests below hold each alone."""
    holds(1, lambda spec: check_same(builds, spec, "snapshots", "increments out of order and again"))


def check_same(builds: Builds, spec: made.Spec, one: str, other: str) -> None:
    assert differences(builds.of(spec, one), builds.of(spec, other)) == {}


@SLOW
def test_a_snapshot_equals_its_increments(builds: Builds) -> None:
    holds(2, lambda spec: check_same(builds, spec, "snapshots", "increments"))


@SLOW
def test_the_order_of_landing_does_not_matter(builds: Builds) -> None:
    holds(2, lambda spec: check_same(builds, spec, "with vanished rows", "with vanished rows, out of order"))


@SLOW
def test_a_load_that_lands_again_changes_nothing(builds: Builds) -> None:
    holds(2, lambda spec: check_same(builds, spec, "with vanished rows", "with vanished rows, the last again"))


# ---- going on with a build


@EXAMPLES
def test_a_build_that_is_gone_on_with_is_a_clean_one(builds: Builds, examples: int) -> None:
    holds(examples, lambda spec: check_same(builds, spec, "snapshots", "snapshots, built as they land"))


@SLOW
def test_a_build_that_is_gone_on_with_loses_what_vanished(builds: Builds) -> None:
    holds(2, lambda spec: check_same(builds, spec, "with vanished rows", "with vanished rows, built as they land"))


# ---- conservation


@EXAMPLES
def test_cost_is_conserved_by_entry_month_and_currency(builds: Builds, examples: int) -> None:
    def law(spec: made.Spec) -> None:
        parts = """
            with parts as (
                select ledger_entry_key, sum(allocated_reporting_amount) as charged, count(*) as parts,
                    count(distinct deliverable_key) as deliverables
                from core.fct_cost_allocations group by all
            )
        """
        wrong = query(
            builds.of(spec),
            f"""{parts} select * from (select * from core.fct_ledger_entries where is_cost) as entries
            full join parts using (ledger_entry_key)
            where charged is distinct from reporting_amount or parts is null or is_cost is null or parts > deliverables""",
        )
        assert wrong == []
        by_month = query(
            builds.of(spec),
            """with posted as (
                select cost_month_date, currency, sum(reporting_amount) as amount
                from core.fct_ledger_entries where is_cost group by all
            ), charges as (
                select allocations.cost_month_date, currency, sum(allocated_reporting_amount) as charged
                from core.fct_cost_allocations as allocations inner join core.fct_ledger_entries using (ledger_entry_key)
                group by all
            )
            select *, amount is not distinct from charged as is_equal from posted full join charges using (cost_month_date, currency)""",
        )
        assert len(by_month) > 10
        assert [row for row in by_month if not row["is_equal"]] == []

    holds(examples, law)


@EXAMPLES
def test_benefits_are_credited_once(builds: Builds, examples: int) -> None:
    def law(spec: made.Spec) -> None:
        wrong = query(
            builds.of(spec),
            """with credited as (
                select benefit_key, sum(credited_reporting_amount) as credited, count(*) as parts,
                    count(distinct deliverable_key) as deliverables
                from core.fct_benefit_credits group by all
            )
            select * from core.fct_benefits full join credited using (benefit_key)
            where credited is distinct from benefit_reporting_amount or parts is null or scenario is null or parts > deliverables""",
        )
        assert wrong == []

    holds(examples, law)


@EXAMPLES
def test_both_weights_of_the_bridge_sum_to_one(builds: Builds, examples: int) -> None:
    def law(spec: made.Spec) -> None:
        build = builds.of(spec)
        bridge = query(build, "select * from core.bridge_deliverable_key_result")
        cost: dict[int, Decimal] = defaultdict(Decimal)
        benefit: dict[int, Decimal] = defaultdict(Decimal)
        for row in bridge:
            cost[row["deliverable_key"]] += row["cost_share"]
            benefit[row["key_result_key"]] += row["benefit_share"]
        assert len(cost) > 20
        assert set(cost.values()) | set(benefit.values()) == {Decimal(1)}

    holds(examples, law)


@EXAMPLES
def test_the_value_summary_s_totals_are_equal_at_every_dimension(builds: Builds, examples: int) -> None:
    def law(spec: made.Spec) -> None:
        rows = query(builds.of(spec), "select * from outcomes.value_summary")
        sums: dict[tuple[Any, ...], dict[str, list[Decimal]]] = defaultdict(
            lambda: defaultdict(lambda: [Decimal(0)] * 2)
        )
        # whether a status can be compared with the year before is decided member by member
        measures = ("deliverables", "cost_reporting_amount")
        for row in rows:
            cell = (row["grain"], row["period_start_date"], row["value_status"])
            before = sums[cell][row["dimension_name"]]
            sums[cell][row["dimension_name"]] = [a + (row[m] or 0) for a, m in zip(before, measures, strict=True)]
        dimensions = {"total", "initiative", "team", "product", "objective"}
        wrong = {
            cell: dict(found)
            for cell, found in sums.items()
            if any(found[name] != found["total"] for name in dimensions)
        }
        assert wrong == {}
        total = query(builds.of(spec), "select sum(allocated_reporting_amount) as total from core.fct_cost_allocations")
        assert sum(found["total"][1] for cell, found in sums.items() if cell[0] == "all") == total[0]["total"]

    holds(examples, law)


@EXAMPLES
def test_work_is_counted_at_one_level(builds: Builds, examples: int) -> None:
    """Each deliverable of the portfolio once, none beneath another, and each status counts it once."""

    def law(spec: made.Spec) -> None:
        build, feeds = builds.of(spec), made.rows_now(spec)
        names = [row["work_item_id"] for row in feeds["work_items"] if row["is_deliverable"]]
        published = query(build, "select work_item_id from core.fct_deliverables where deliverable_key > 0")
        assert sorted(row["work_item_id"] for row in published) == sorted(names)
        oracle = plain.Costs(spec, feeds, made.as_shown(spec, feeds))
        assert [n for n in names if any(above in oracle.deliverables for above in list(oracle.above(n))[1:])] == []
        counted = query(
            build,
            "select dimension_name, sum(deliverables) as n from outcomes.value_summary where grain = 'all' group by all",
        )
        assert {row["n"] for row in counted} == {len(names)}

    holds(examples, law)


# ---- the rules, written again in plain Python


@EXAMPLES
def test_cost_is_allocated_as_the_rules_say(builds: Builds, examples: int) -> None:
    def law(spec: made.Spec) -> None:
        feeds = made.rows_now(spec)
        expected = plain.Costs(spec, feeds, made.as_shown(spec, feeds)).allocations()
        found: dict[str, plain.Split] = defaultdict(dict)
        for row in query(
            builds.of(spec),
            """select ledger_entry_id, work_item_id, allocated_reporting_amount, allocation_rule
            from core.fct_cost_allocations as allocations
            inner join (select * from core.fct_ledger_entries where not is_synthetic) using (ledger_entry_key)
            left join core.fct_deliverables as deliverables
                on allocations.deliverable_key = deliverables.deliverable_key and allocations.deliverable_key > 0""",
        ):
            amount = row["allocated_reporting_amount"]
            found[row["ledger_entry_id"]][row["work_item_id"]] = (amount, row["allocation_rule"])
        wrong = {
            name: (expected.get(name), found.get(name))
            for name in expected.keys() | found.keys()
            if expected.get(name) != found.get(name)
        }
        assert wrong == {}
        rules = {rule for parts in found.values() for _, rule in parts.values()}
        assert rules == {"reversal", "overhead", "work_item", "initiative", "team", "unallocated", "no_rate"}

    holds(examples, law)


@EXAMPLES
def test_benefits_are_credited_as_the_rules_say(builds: Builds, examples: int) -> None:
    """By the published benefit shares, whose sum another test holds."""

    def law(spec: made.Spec) -> None:
        feeds, build = made.rows_now(spec), builds.of(spec)
        oracle = plain.Costs(spec, feeds, made.as_shown(spec, feeds))
        shares = {
            (row["deliverable_id"], row["key_result_id"]): row["benefit_share"]
            for row in query(build, "select * from core.bridge_deliverable_key_result")
        }
        found: dict[tuple[Any, ...], dict[str | None, Decimal | None]] = defaultdict(dict)
        for row in query(
            build,
            """select credits.*, work_item_id from core.fct_benefit_credits as credits
            left join core.fct_deliverables as deliverables
                on credits.deliverable_key = deliverables.deliverable_key and credits.deliverable_key > 0""",
        ):
            key = (row["benefit_id"], row["month_start_date"], row["scenario"])
            found[key][row["work_item_id"]] = row["credited_reporting_amount"]
        arrived = {row["initiative_id"] for row in feeds["initiatives"]}
        expected: dict[tuple[Any, ...], dict[str | None, Decimal | None]] = {}
        for row in feeds["benefits"]:
            month_end = (row["month"] + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            amount = plain.converted(feeds, row["amount"], row["currency"], min(month_end, made.NOW))
            candidates = {
                name: shares[name, row["key_result_id"]]
                for name in oracle.deliverables
                if (name, row["key_result_id"]) in shares
                and row["initiative_id"] in arrived
                and oracle.items[name]["initiative_id"] == row["initiative_id"]
                and oracle.items[name]["status_category"] == "done"
                and oracle.first_done(name) <= month_end
            }
            key = (row["benefit_id"], row["month"], row["scenario"])
            expected[key] = {None: None} if amount is None else dict(plain.credits(int(amount * 10000), candidates))
        assert {k: (expected.get(k), found.get(k)) for k in expected | found if expected.get(k) != found.get(k)} == {}

    holds(examples, law)


@EXAMPLES
def test_each_value_status_is_the_table_s_first_match(builds: Builds, examples: int) -> None:
    """One row and one status an entity; scores and money computed again from check-ins, shares, cost and credits."""

    def law(spec: made.Spec) -> None:
        feeds, build = made.rows_now(spec), builds.of(spec)
        oracle = plain.Costs(spec, feeds, made.as_shown(spec, feeds))
        goals = {row["key_result_id"]: row for row in feeds["key_results"] if row["kind"] == "outcome"}
        checkins: dict[str, list[Row]] = defaultdict(list)
        for row in feeds["key_result_checkins"]:
            checkins[row["key_result_id"]].append(row)
        shares: dict[tuple[str, int], dict[str, Fraction]] = defaultdict(dict)
        initiative_of = {
            row["work_item_id"]: row["current_initiative_key"]
            for row in query(build, "select * from core.fct_deliverables")
        }
        for row in query(build, "select * from stage.measures.msr_initiative_key_results"):
            shares["initiative", row["initiative_key"]][row["key_result_id"]] = Fraction(0)
        for row in query(build, "select * from core.bridge_deliverable_key_result"):
            shares["deliverable", row["deliverable_key"]][row["key_result_id"]] = Fraction(row["cost_share"])
            whole = shares["initiative", initiative_of[row["deliverable_id"]]]
            whole[row["key_result_id"]] = whole.get(row["key_result_id"], Fraction(0)) + Fraction(row["cost_share"])
        costs: dict[tuple[str, int], list[Decimal | None]] = defaultdict(list)
        for row in query(build, "select * from core.fct_cost_allocations"):
            for level in ("deliverable", "initiative"):
                costs[level, row[f"{level}_key"]].append(row["allocated_reporting_amount"])
        credits: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in query(build, "select * from core.fct_benefit_credits"):
            for level in ("deliverable", "initiative"):
                credits[level, row[f"{level}_key"]].append(row)
        entities = query(build, "select * from outcomes.value_realization")
        assert len({(row["level"], row["entity_id"]) for row in entities}) == len(entities)
        assert {row["entity_id"] for row in entities if row["level"] == "deliverable"} == oracle.deliverables

        def money_of(row: Row) -> str | None:
            key = (row["level"], row["entity_key"])
            hard = [one for one in credits[key] if one["benefit_type"] == "hard"]
            actual = [
                one["credited_reporting_amount"] for one in hard if one["is_past"] and one["scenario"] == "actual"
            ]
            planned = [one["month_start_date"] for one in hard if one["scenario"] == "planned"]
            plan_end = (max(planned) + timedelta(days=31)).replace(day=1) - timedelta(days=1) if planned else None
            incomplete = None in costs[key] or None in costs["initiative", row["initiative_key"]]
            incomplete = incomplete if row["initiative_key"] > 0 else None in costs[key]
            return plain.verdict_of_money(
                None if not actual or None in actual else sum(actual, Decimal(0)),
                None if incomplete else sum(costs[key], Decimal(0)),
                plan_end if row["level"] == "initiative" else None,
            )

        initiatives = {row["entity_key"]: money_of(row) for row in entities if row["level"] == "initiative"}
        wrong: list[Any] = []
        seen: set[str] = set()
        for row in entities:
            key = (row["level"], row["entity_key"])
            weights = [(goals[k], w if w > 0 else Fraction(1)) for k, w in shares[key].items() if k in goals]
            score, running = plain.score_of(
                weights, checkins, oracle.local, row["judged_delivery_date"], spec.observation_window_days
            )
            money = money_of(row)
            has_benefit = row["initiative_key"] in initiatives and bool(credits["initiative", row["initiative_key"]])
            expected = plain.statuses(
                is_done=row["is_delivered"],
                has_case=bool(weights) or (row["level"] == "initiative" and has_benefit),
                has_initiatives_case=has_benefit,
                is_initiative_lost=initiatives.get(row["initiative_key"]) == "negative",
                judged_from=row["judged_delivery_date"]
                and row["judged_delivery_date"] + timedelta(days=spec.observation_window_days),
                goal_running=running,
                score=plain.verdict_of_score(score),
                money=money,
            )[0]
            seen.add(expected)
            if row["value_status"] != expected:
                wrong.append((expected, running, score, money, row))
        assert wrong == []
        statuses = {"not_delivered", "unlinked", "too_early", "value_created", "negative", "some_value", "mixed", "no_effect", "unmeasured"}  # fmt: skip
        assert seen <= statuses
        assert len(seen) >= 6

    holds(examples, law)
