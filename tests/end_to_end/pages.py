"""What the executive page must show, by SQL on the published warehouse that is written without the page's own queries."""

import random
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
from playwright.sync_api import Browser, Page, expect

from serving import words
from serving.dashboard.assembly import FOLDED
from serving.dashboard.declared import Compared, Kind, charts
from serving.dashboard.tiles import tiles_of
from tests.end_to_end.harness import ROOT

AXE = ROOT / "tests" / "vendor" / "axe" / "axe.min.js"

ALL_ROWS = "".join(
    f"&{name}.show=100000"
    for name in (
        *("releases", "initiatives", "deliverables", "goals_behind", "smart", "plans", "budget_lines"),
        "members_compared",
    )
)
UNFOLDED = "&show=" + "+".join(FOLDED)
LISTS = f"{ALL_ROWS}&goal_progress.show=1000&wins_to_celebrate.show=1000{UNFOLDED}"

# each deliverable with the objective with the largest share of its cost, as docs/model.md tells
DELIVERIES = """
create temp table deliveries as
with
    shares as (
        select
            bridge.deliverable_key,
            case when goals.objective_id is null then -2 else coalesce(objectives.objective_key, -3) end as objective_key,
            sum(bridge.cost_share) as share
        from core.bridge_deliverable_key_result as bridge
        join core.dim_key_result as goals on goals.key_result_key = bridge.key_result_key
        left join core.dim_objective as objectives on objectives.objective_id = goals.objective_id
        group by all
    ),
    heaviest as (
        select deliverable_key, arg_min(objective_key, (-share, objective_key)) as objective_key from shares group by 1
    )
select
    judged.*,
    coalesce(
        heaviest.objective_key,
        case when initiatives.objective_id is null then -2 else coalesce(objectives.objective_key, -3) end
    ) as objective_key
from outcomes.value_realization as judged
left join heaviest on heaviest.deliverable_key = judged.entity_key
left join core.dim_initiative as initiatives
    on initiatives.initiative_key = judged.initiative_key and initiatives.is_latest and initiatives.initiative_key > 0
left join core.dim_objective as objectives on objectives.objective_id = initiatives.objective_id
where judged.level = 'deliverable'
"""


@dataclass(frozen=True)
class Choice:
    """What a reader chose: a period, and a member of one dimension."""

    grain: str
    start: date | None
    end: date | None
    dimension: str
    key: int
    id: str

    @property
    def address(self) -> str:
        """The page's address after the file's name."""
        period = "all" if self.start is None else f"{self.grain.removeprefix('fiscal_')}-{self.start:%Y-%m}"
        member = "" if self.dimension == "total" else f"&by={self.dimension}&of={quote(self.id)}"
        return f"#period={period}{member}{LISTS}"

    @property
    def label(self) -> str:
        """The period in words."""
        return words.period(self.start, self.end)

    def within(self, day: str) -> str:
        """SQL: the day lies in the period."""
        return "true" if self.start is None else f"({day} >= date '{self.start}' and {day} < date '{self.end}')"

    def of(self, alias: str) -> str:
        """SQL: the row of `alias` speaks of the member."""
        return "true" if self.dimension == "total" else f"{alias}.{self.dimension}_key = {self.key}"

    def rows(self, start: str = "period_start", key: str = "member_key") -> str:
        """SQL: the row speaks of the period and member."""
        first = "is null" if self.start is None else f"= date '{self.start}'"
        return (
            f"grain = '{self.grain}' and {start} {first} and dimension_name = '{self.dimension}' and {key} = {self.key}"
        )


Rows = list[tuple[str, ...]]


def plainly(value: float) -> str:
    """A value of a goal, whose unit the page doesn't know: below 1 three digits that count, below 100 two decimals."""
    text = (
        f"{float(f'{value:.3g}'):,.6f}" if abs(value) < 1 else f"{value:,.2f}" if abs(value) < 100 else f"{value:,.1f}"
    )
    return text.rstrip("0").rstrip(".").replace("-", "−")


class Oracle:
    """Answers on one published warehouse, in the words of the page."""

    def __init__(self, database: Path) -> None:
        self.connection = duckdb.connect(str(database), read_only=True)
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute(DELIVERIES)
        newest = self.sql(
            """select metric_name, unit, minimum_n, metric_label from metrics.dim_metric
            qualify row_number() over (partition by metric_name order by metric_version desc) = 1"""
        )
        self.metrics = {name: (unit, least) for name, unit, least, _ in newest}
        self.labels = {name: label for name, *_, label in newest}
        warned = self.sql("select unnest(metrics) from audit.fct_check_results where is_current and status = 'warned'")
        self.warned = {name for (name,) in warned}
        self._values: dict[tuple[str, int], dict[str, list[tuple[Any, ...]]]] = {}

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(text).fetchall()

    def marked(self, metric: str) -> str:
        """A metric's label, marked where a check warned."""
        return self.labels[metric] + (" ⚠ (a check warned)" if metric in self.warned else "")

    def values(self, dimension: str, key: int) -> dict[str, list[tuple[Any, ...]]]:
        """A member's rows of each metric: grain, start, end, value, n, lower, upper, status, is_partial, oldest first."""
        if (dimension, key) not in self._values:
            found = self._values[dimension, key] = {}
            for metric, *row in self.sql(
                f"""select metric_name, grain, period_start, period_end, value, n, lower, upper, status, is_partial
                from metrics.fct_metric_values
                where dimension_name = '{dimension}' and member_key = {key}
                    and grain in ('month', 'quarter', 'fiscal_year', 'all')
                qualify
                    row_number() over (partition by metric_name, grain, period_start order by metric_version desc) = 1
                order by period_start"""
            ):
                found.setdefault(metric, []).append(tuple(row))
        return self._values[dimension, key]

    def choices(self, count: int, seed: int) -> list[Choice]:
        """`count` random choices, the whole portfolio over all time first."""
        periods: list[tuple[Any, ...]] = [("all", None, None)]
        periods += self.sql(
            """select distinct grain, period_start, period_end from metrics.fct_metric_values
            where dimension_name = 'total' and grain in ('month', 'quarter', 'fiscal_year') order by all"""
        )
        members: list[tuple[Any, ...]] = [("total", 0, "total")] * 8
        for name in ("team", "product", "objective", "initiative"):
            latest = "true" if name == "objective" else f"(is_latest or {name}_key < 0)"
            members += self.sql(
                f"select '{name}', {name}_key, {name}_id from core.dim_{name} where {latest} order by all"
            )
        chance = random.Random(seed)
        found = [Choice("all", None, None, "total", 0, "total")]
        years = [period for period in periods if period[0] in ("all", "fiscal_year", "quarter")]
        while len(found) < count:
            period = chance.choice(years if chance.random() < 0.7 else periods)
            found.append(Choice(*period, *chance.choice(members)))
        return found


class Expected:
    """What one portfolio's page must show for one choice. `write(value, unit)` is the page's way to write a figure."""

    def __init__(self, oracle: Oracle, choice: Choice, currency: str) -> None:
        self.sql, self.choice, self.metrics, self.marked = oracle.sql, choice, oracle.metrics, oracle.marked
        self.of_member = oracle.values(choice.dimension, choice.key)
        self.currency = currency

    def write(self, value: Any, unit: str, none: str = "–") -> str:
        if value is None:
            return none
        if unit == "text":
            return str(value)
        if unit == "code":
            return value.replace("_", " ")
        if unit == "number":
            return plainly(float(value))
        if unit == "day":
            return words.day(value.isoformat())
        return words.quantity(float(value), unit, self.currency)

    def table(self, query: str, units: list[tuple[str, str] | str]) -> Rows:
        """Rows of a query as the page writes them. `units`: one per column, or (unit, what stands for nothing); a `remark`
        stands in brackets in the cell of the column before it."""
        told = [unit if isinstance(unit, tuple) else (unit, "–") for unit in units]
        found: Rows = []
        for row in self.sql(query):
            cells: list[str] = []
            for value, (unit, none) in zip(row, told, strict=True):
                if unit != "remark":
                    cells.append(self.write(value, unit, none))
                elif value is not None:
                    cells[-1] += f" ({value})"
            found.append(tuple(cells))
        return sorted(found)

    # the answer

    def parts(self) -> Rows:
        [(is_unripe,)] = self.sql(
            f"select count(*) > 0 from outcomes.value_summary where {self.choice.rows('period_start_date')} and not is_comparable"
        )
        has_comparison = self.compared() is not None and not is_unripe
        return self.table(
            f"""
            select value_status, deliverables, cost_reporting_amount
                {", coalesce(compared_deliverables, 0), compared_cost_reporting_amount" if has_comparison else ""}
            from outcomes.value_summary
            where {self.choice.rows("period_start_date")} and value_status not in ('not_delivered', 'unallocated')
                and (deliverables > 0 or coalesce(compared_deliverables, 0) > 0)
            """,
            ["code", *["count", ("money", "not measured")] * (1 + has_comparison)],
        )

    def change(self, metric: str) -> list[str]:
        """What is said of a metric's change, where that is tested."""
        said = {"better": "better than", "worse": "worse than", "no_clear_change": "no clear change from"}
        earlier = {"year_before": "year before", "period_before": "period before"}
        rows = self.sql(
            f"""select verdict, compared_with from metrics.fct_metric_comparisons
            where metric_name = '{metric}' and {self.choice.rows()} and verdict <> 'not_tested'"""
        )
        return [f"{said[verdict]} the {earlier[before]}" for verdict, before in rows]

    def compared(self) -> date | None:
        found = self.sql(
            f"""select max(compared_period_start_date) from outcomes.value_summary
            where grain = '{self.choice.grain}' and period_start_date is not distinct from
                {"null" if self.choice.start is None else f"date '{self.choice.start}'"}"""
        )
        return found[0][0]

    def sentence(self) -> list[str]:
        """Texts that must stand in the answer's sentence."""
        rows = self.sql(
            f"""select value_status, deliverables, cost_reporting_amount from outcomes.value_summary
            where {self.choice.rows("period_start_date")} and value_status not in ('not_delivered', 'unallocated')
                and deliverables > 0"""
        )
        total = sum(count for _, count, _ in rows)
        if not total:
            first = "is null" if self.choice.start is None else f"= date '{self.choice.start}'"
            told = self.sql(
                f"""select status from metrics.fct_metric_values
                where metric_name = 'delivered' and dimension_name = 'total'
                    and (grain = 'all' or (grain = '{self.choice.grain}' and period_start {first}))
                order by grain = 'all', metric_version desc limit 1"""
            )
            is_measured = told != [("not_measured",)]
            return ["nothing was delivered" if is_measured else "how much was delivered is not measured"]
        [(costed,)] = self.sql(
            f"""select count(*) filter (cost_reporting_amount <> 0) from deliveries
            where is_delivered and {self.choice.within("delivery_date")} and {self.choice.of("deliveries")}"""
        )
        found = [words.plural(total, "deliverable")]
        if all(cost is None for *_, cost in rows):
            found += ["cost is not measured"]
        if costed:
            found += [words.money(float(sum(cost for *_, cost in rows)), self.currency)]
            found += [words.money(float(cost), self.currency) for *_, cost in rows]
        return found + [f"{words.number(count)} " for _, count, _ in rows]

    # outcomes

    def values(self, metric: str) -> list[tuple[Any, ...]]:
        """A metric's rows of the member, as `Oracle.values` has them."""
        return self.of_member.get(metric, [])

    def sides(self, metric: str, unit: str, compared: Compared) -> list[str]:
        """What is said of the members compared in the period that a metric's card shows."""
        row = self._shown(self.values(metric))
        if row is None or self.choice.dimension != "total":
            return []
        first = "is null" if row[1] is None else f"= date '{row[1]}'"
        return [
            f"{compared.members[member]} {self.write(value, unit)}"
            for member, value in self.sql(
                f"""select member_id, value from metrics.fct_metric_values
                where metric_name = '{metric}' and dimension_name = '{compared.dimension}' and grain = '{row[0]}' and period_start {first}
                    and status in ('measured', 'incomplete') order by member_id"""
            )
            if member in compared.members
        ]

    def metric(self, metric: str, unit: str) -> dict[str, Any] | None:
        """What the card of a metric shows; None where there is no card, as nothing is measured for the member."""
        rows = self.values(metric)
        if not any(row[3] is not None and row[7] != "not_measured" for row in rows):
            return None
        row = self._shown(rows)
        value, n, lower, upper, status = row[3:8] if row else (None, None, None, None, "not_measured")
        amount = "not measured" if value is None else (
            "sample too small" if status == "insufficient_sample" else self.write(value, unit)
        )  # fmt: skip
        lines = []
        if value is not None:
            lines.append(f"n = {words.number(n)}" if n is not None else "")
            if status in ("measured", "incomplete") and lower is not None:
                lines.append(f"95% interval {self.write(lower, unit)} to {self.write(upper, unit)}")
        period = words.period(row[1], row[2]) if row else self.choice.label
        return {"amount": amount, "period": period, "lines": [line for line in lines if line]}

    def _shown(self, rows: list[tuple[Any, ...]]) -> tuple[Any, ...] | None:
        """The period's own row, else the latest known one of the longest shorter grain inside, else that of a metric told
        over all time only."""
        choice = self.choice
        own = [row for row in rows if row[0] == choice.grain and row[1] == choice.start]
        if own:
            return own[0]
        grains = ["all", "fiscal_year", "quarter", "month"]
        for grain in grains[grains.index(choice.grain) + 1 :]:
            inside = [
                row
                for row in rows
                if row[0] == grain
                and row[3] is not None
                and (choice.start is None or (row[1] >= choice.start and row[2] <= choice.end))
            ]
            if inside:
                return inside[-1]
        return rows[0] if rows and all(row[0] == "all" for row in rows) else None

    def scorecard(self) -> Rows:
        """Metrics with a chart of their own in each period; the others not by month, and most not by member."""
        charted = ", ".join(f"'{metric}'" for metric in CHARTED)
        rows = self.sql(
            f"""select metric_name, unit, value, lower, upper, n, status, n_excluded
            from metrics.fct_metric_values join metrics.dim_metric using (metric_name, metric_version)
            where {self.choice.rows()} and (
                metric_name in ({charted})
                or grain <> 'month' and (dimension_name = 'total' or metric_name in ('delivered', 'lead_time_days_p50'))
            )
            qualify metric_version = max(metric_version) over (partition by metric_name)"""
        )
        has_excluded = any(row[7] for row in rows)
        found: Rows = []
        for metric, unit, value, lower, upper, n, status, excluded in rows:
            few = status == "insufficient_sample"
            shown = "sample too small" if few else self.write(value, unit, "not measured")
            row = (self.marked(metric), shown, self.write(lower, unit), self.write(upper, unit), self.write(n, "count"))
            row += (self.write(excluded, "count"),) if has_excluded else ()
            found.append((*row, words.STATUS_WORDS[status]))
        return sorted(found)

    def goals(self) -> Rows:
        """Key results that ran in the period, as they stood at its end."""
        member = {
            "total": "true",
            "team": f"{self.choice.key} in (goals.team_key, goals.owner_team_key)",
            "objective": f"goals.objective_key = {self.choice.key}",
        }.get(
            self.choice.dimension,
            f"""goals.key_result_key in (
                select bridge.key_result_key from core.bridge_deliverable_key_result as bridge
                join deliveries on deliveries.entity_key = bridge.deliverable_key where {self.choice.of("deliveries")})""",
        )
        until = "true" if self.choice.end is None else f"progress.as_of_date < date '{self.choice.end}'"
        runs = "true" if self.choice.end is None else (
            f"progress.start_date < date '{self.choice.end}' and progress.due_date >= date '{self.choice.start}'"
        )  # fmt: skip
        rows = self.sql(
            f"""
            select
                goals.key_result_name, goals.objective_name, goals.owner_team_name,
                if(progress.score_status = 'measured', progress.clamped_score, null), progress.expected_pace,
                progress.value, progress.baseline_value, progress.target_value, goals.unit,
                case
                    when progress.score_status = 'silent' then 'no recent check-in'
                    when progress.score_status = 'unscorable' then 'no baseline or target'
                    when progress.score_status <> 'measured' then 'not measured'
                    when progress.is_final then 'ended' when progress.is_on_pace then 'on track' else 'behind'
                end
            from core.fct_key_result_progress as progress
            join outcomes.goal_scorecard as goals on goals.key_result_key = progress.current_key_result_key
            where {member} and {until} and {runs}
            qualify row_number() over (partition by goals.key_result_id order by progress.as_of_date desc) = 1
            """
        )
        return sorted(
            (
                name,
                objective or "–",
                team or "–",
                self.write(score, "share", "not measured"),
                self.write(pace, "share"),
                *(self.write(figure, "number") for figure in figures),
                unit or "–",
                stands,
            )
            for name, objective, team, score, pace, *figures, unit, stands in rows
        )

    # where it comes from

    def deliverables(self) -> Rows:
        choice = self.choice
        # a list leaves out a text column that is empty on the whole page
        [(is_approved,)] = self.sql("select count(is_overspent) > 0 from deliveries")
        spending = (
            "if(is_overspent, 'more than approved', if(not is_overspent, 'as approved', null)), " if is_approved else ""
        )
        return self.table(
            f"""
            select
                entity_name, value_status, value_status_reason, cost_reporting_amount, {spending}outcome_score, delivery_date,
                case when is_late then 'late' when due_date is null then 'no date promised' when is_delivered then 'on time' end,
                if(team_key < 0, null, (select any_value(team_name) from core.dim_team as t where t.team_key = d.team_key and t.is_latest)),
                if(initiative_key < 0, null, (select any_value(initiative_name) from core.dim_initiative as i
                    where i.initiative_key = d.initiative_key and i.is_latest))
            from deliveries as d where {choice.within("delivery_date")} and {choice.of("d")}
            """,
            [
                "text",
                "code",
                "code",
                ("money", "not measured"),
                *([("text", "no amount approved")] if is_approved else []),
                ("share", "not measured"),
                "day",
                "text",
                "text",
                "text",
            ],
        )

    def initiative_filter(self, alias: str) -> str:
        choice = self.choice
        months = (
            "true"
            if choice.start is None
            else f"""{alias}.entity_key in (select initiative_key from deliveries
                where {choice.within("cast(date_trunc('month', delivery_date) as date)")})"""
        )
        if choice.dimension in ("total", "initiative"):
            return f"{months} and {choice.of(alias)}"
        work = f"{alias}.entity_key in (select initiative_key from deliveries where {choice.of('deliveries')})"
        own = "" if choice.dimension == "objective" else f"or {choice.of(alias)}"
        return f"{months} and ({work} {own})"

    def initiatives(self) -> Rows:
        return self.table(
            f"""
            select
                entity_name, value_status, quadrant, cost_reporting_amount, {self.remark("cost")},
                benefit_reporting_amount, {self.remark("benefit_actual")}, roi, {self.remark("roi")}, outcome_score,
                on_time_rate, {self.remark("on_time_rate")},
                if(team_key < 0, null, (select any_value(team_name) from core.dim_team as t where t.team_key = i.team_key and t.is_latest))
            from outcomes.value_realization as i where level = 'initiative' and {self.initiative_filter("i")}
            """,
            [
                "text", "code", "code", ("money", "not measured"), "remark", ("money", "not measured"), "remark",
                ("share", "not measured"), "remark", ("share", "not measured"), ("share", "not measured"), "remark",
                "text",
            ],
        )  # fmt: skip

    def quadrant(self) -> Rows:
        return self.table(
            f"""
            select
                entity_name, on_time_rate, {self.remark("on_time_rate")}, outcome_score, cost_reporting_amount,
                {self.remark("cost")}, evidence_level, quadrant, value_status
            from outcomes.value_realization as i
            where level = 'initiative' and on_time_rate is not null and outcome_score is not null
                and {self.initiative_filter("i")}
            """,
            ["text", "share", "remark", "share", ("money", "not measured"), "remark", "text", "code", "code"],
        )

    def remark(self, metric: str) -> str:
        """SQL: what stands in brackets behind a metric of the initiative `i`, nothing where it is just measured."""
        return f"""(
            select case status when 'incomplete' then 'incomplete' when 'insufficient_sample' then 'sample too small' end
            from metrics.fct_metric_values as figures
            where figures.metric_name = '{metric}' and figures.grain = 'all' and figures.dimension_name = 'initiative'
                and figures.member_key = i.entity_key
            order by metric_version desc limit 1)"""

    def leaders(self, dimension: str, metric: str, unit: str) -> Rows:
        """The members of a dimension that have a figure of the metric in the period: name, figure, n, and cost share."""
        latest = f"and members.{dimension}_key > 0" + ("" if dimension == "objective" else " and members.is_latest")
        first = "is null" if self.choice.start is None else f"= date '{self.choice.start}'"
        rows = self.sql(
            f"""
            with figures as (
                from metrics.fct_metric_values where grain = '{self.choice.grain}' and period_start {first}
                qualify metric_version = max(metric_version) over (partition by metric_name)
            ),
            spent as (
                select member_key, value / (
                    select value from figures
                    where metric_name = 'cost' and dimension_name = 'total' and status = 'measured' and value > 0
                ) as share
                from figures where metric_name = 'cost' and dimension_name = '{dimension}' and status = 'measured'
            )
            select any_value(members.{dimension}_name || if(twins.key is null, '', ' (' || members.{dimension}_id || ')')),
                figures.value, figures.status, figures.n, any_value(spent.share)
            from figures
            join core.dim_{dimension} as members on figures.member_key = members.{dimension}_key {latest}
            left join spent on spent.member_key = figures.member_key
            left join (
                select one.{dimension}_key as key from core.dim_{dimension} as one
                join core.dim_{dimension} as other using ({dimension}_name)
                where one.{dimension}_key <> other.{dimension}_key {"and one.is_latest and other.is_latest" if latest.endswith("latest") else ""}
            ) as twins on twins.key = figures.member_key
            where figures.metric_name = '{metric}' and figures.dimension_name = '{dimension}'
                and figures.value is not null and figures.status <> 'not_measured'
            group by figures.member_key, figures.value, figures.status, figures.n
            """
        )
        few = words.STATUS_WORDS["insufficient_sample"]
        return sorted(
            (
                name,
                few if status == "insufficient_sample" else self.write(value, unit),
                self.write(n, "count"),
                self.write(share, "share"),
            )
            for name, value, status, n, share in rows
        )

    # money

    def plans(self) -> Rows:
        figures = [
            ("cost_reporting_amount", "cost", ("money", "not measured")),
            ("benefit_planned_reporting_amount", None, ("money", "not known")),
            ("benefit_reporting_amount", "benefit_actual", ("money", "not measured")),
            ("benefit_realisation_rate", "benefit_realisation_rate", ("share", "not measured")),
            ("roi_planned", "roi_planned", ("share", "not measured")),
            ("roi", "roi", ("share", "not measured")),
        ]
        columns = [f"{name}, {self.remark(metric)}" if metric else name for name, metric, _ in figures]
        units: list[tuple[str, str] | str] = ["text", ("money", "not known")]
        for _, metric, unit in figures:
            units += [unit, "remark"] if metric else [unit]
        return self.table(
            f"""
            select entity_name, coalesce(approved_reporting_amount, budget_reporting_amount), {", ".join(columns)}
            from outcomes.value_realization as i where level = 'initiative' and {self.initiative_filter("i")}
                and (approved_reporting_amount is not null or budget_reporting_amount is not null
                    or benefit_planned_reporting_amount is not null)
            """,
            units,
        )

    def budget_lines(self) -> Rows:
        choice = self.choice
        year = "fiscal_year_start_date + interval 1 year"
        runs = (
            "true"
            if choice.start is None
            else f"fiscal_year_start_date < date '{choice.end}' and {year} > date '{choice.start}'"
        )
        of = "true" if choice.dimension in ("total", "objective") else choice.of("lines")
        return self.table(
            f"""
            select
                case when account_name is null and initiative_name is null and team_name is null and product_name is null
                    then 'The whole portfolio'
                    else array_to_string(list_filter([account_name, initiative_name, team_name, product_name], x -> x is not null), ' · ') end,
                fiscal_year_start_date, budget_reporting_amount, budget_to_date_reporting_amount,
                cost_to_date_reporting_amount, variance_reporting_amount, forecast_reporting_amount
            from outcomes.budget_lines as lines where {runs} and {of}
            """,
            ["text", "day", *[("money", "not measured")] * 5],
        )

    def budget_months(self) -> Rows:
        """The counted lines by month, and that a fiscal year's months add up to its metrics."""
        return self.table(
            f"""
            with years as (
                select period_start, max(value) filter (metric_name = 'cost_forecast') as forecast
                from metrics.fct_metric_values where grain = 'fiscal_year' and dimension_name = 'total' group by 1
            )
            select month_start_date, sum(budget_reporting_amount),
                sum(if(is_compared and forecast is not null, cost_to_date_reporting_amount, null)),
                sum(if(is_compared and forecast is not null, forecast_reporting_amount, null))
            from outcomes.budget_months left join years on period_start = fiscal_year_start_date
            where is_counted and {self.choice.within("month_start_date")} group by 1""",
            ["day", *[("money", "not measured")] * 3],
        )

    # what to do

    def no_value(self) -> Rows:
        return self.table(
            f"""
            select spent.reason, count(*), sum(spent.cost_reporting_amount)
            from outcomes.no_value_work as spent join deliveries on deliveries.entity_key = spent.deliverable_key
            where {self.choice.within("spent.delivery_date")} and {self.choice.of("deliveries")} group by 1
            """,
            ["code", "count", ("money", "not measured")],
        )

    def unlinked(self) -> Rows:
        return self.table(
            f"""
            select if(teams.team_key < 0, 'No team known', teams.team_name), count(*), sum(d.cost_reporting_amount)
            from deliveries as d join core.dim_team as teams on teams.team_key = d.team_key and (is_latest or teams.team_key < 0)
            where d.value_status = 'unlinked' and {self.choice.within("d.delivery_date")} and {self.choice.of("d")} group by all
            """,
            ["text", "count", ("money", "not measured")],
        )

    def behind(self) -> Rows:
        member = {
            "team": f"{self.choice.key} in (team_key, owner_team_key)", "objective": f"objective_key = {self.choice.key}",
        }.get(self.choice.dimension, "true")  # fmt: skip
        return self.table(
            f"""
            select
                key_result_name, objective_name, owner_team_name, goal_status,
                case when goal_status_reason <> 'measured' then goal_status_reason end,
                score, expected_pace, forecast_score, days_since_check_in, due_date
            from outcomes.goal_scorecard
            where goal_status in ('behind', 'not_measured') and not is_final and {member}
            """,
            [
                "text", "text", "text", "code", "code", ("share", "not measured"), "share", ("share", "none"),
                ("count", "never"), "day",
            ],
        )  # fmt: skip

    def wins(self) -> Rows:
        choice = self.choice
        of = (
            "true"
            if choice.dimension == "total"
            else f"coalesce(d.{choice.dimension}_key, won.{choice.dimension}_key) = {choice.key}"
        )
        if choice.dimension == "objective":
            of = f"d.objective_key = {choice.key}"
        return self.table(
            f"""
            select won.entity_name, won.level, won.key_result_name, won.key_result_score, won.shown_by, won.team_name, won.delivery_date,
                won.recognised_date, if(won.is_recognised, null, if(won.is_recognised is null, null, 'not celebrated yet')), won.cost_reporting_amount, won.benefit_reporting_amount
            from outcomes.wins as won
            left join deliveries as d on won.level = 'deliverable' and d.entity_key = won.entity_key
            where {choice.within("won.delivery_date")} and {of}
            """,
            [
                "text",
                "text",
                "text",
                "share",
                "code",
                "text",
                "day",
                "day",
                "text",
                ("money", "not measured"),
                ("money", "not measured"),
            ],
        )

    # the shift

    def pilots(self) -> Rows:
        """Pilot teams and the rest, over the whole time whatever is chosen; nothing where nothing is measured."""
        rows = self.sql(
            """select metric_name, unit, value, lower, upper, n, n_excluded, status
            from metrics.fct_metric_values join metrics.dim_metric using (metric_name, metric_version)
            where starts_with(metric_name, 'pilot_uplift_') order by metric_name"""
        )
        if all(status == "not_measured" for *_, status in rows):
            return []
        has_excluded = any(row[6] for row in rows)
        return sorted(
            (self.marked(metric), "sample too small" if status == "insufficient_sample" else self.write(value, unit, "not measured"),
             self.write(lower, unit), self.write(upper, unit), self.write(n, "count"),
             *((self.write(excluded, "count"),) if has_excluded else ()))
            for metric, unit, value, lower, upper, n, excluded, status in rows
        )  # fmt: skip


HEADS = {
    "deliverables": [
        "Deliverable",
        "Result",
        "Why",
        "Cost",
        "Outcome",
        "Delivered on",
        "Promise",
        "Team",
        "Initiative",
    ],
    "initiatives": [
        *("Initiative", "Result", "Quadrant", "Cost", "Benefit", "Return on investment", "Outcome", "On-time rate"),
        "Team",
    ],
    "goals_behind": [
        *("Key result", "Objective", "Team", "Status", "Why", "Progress", "Expected progress", "Forecast"),
        *("Days since check-in", "Due"),
    ],
}

# What stands on the page now, every figure drawn and every table behind one opened.
SEEN = """async () => {
  dispatchEvent(new Event('beforeprint'));
  dispatchEvent(new Event('afterprint'));
  document.querySelectorAll('main figure details').forEach(one => { one.open = true });
  await new Promise(done => setTimeout(done, 0));
  await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  const text = one => one.textContent.replaceAll('\\u00a0', ' ').trim();
  const seen = { sentence: text(document.getElementById('answer-sentence')), figures: {} };
  for (const figure of document.querySelectorAll('main figure[data-chart]')) {
    if (figure.hidden || figure.closest('[hidden]')) continue;
    const card = part => {
      const found = figure.querySelector(`.body > .told-figure ${part}`);
      return found && text(found);
    };
    seen.figures[figure.dataset.chart] = {
      title: text(figure.querySelector('.title')),
      bare: figure.classList.contains('bare'),
      label: card('.label'),
      amount: card('.amount'),
      lines: [...figure.querySelectorAll('.body > .told-figure .line')].map(text).join(' · '),
      legend: [...figure.querySelectorAll('.part-button')].map(one => [...one.querySelectorAll('span:not(.swatch)')].map(text)),
      count: figure.querySelector('.told') && text(figure.querySelector('.told')),
      heads: [...figure.querySelectorAll('table:first-of-type thead th')].map(one => text(one).replace(/ [▲▼]$/, '')),
      tiles: [...figure.querySelectorAll('.tile')].map(tile => ({
        metric: tile.dataset.metric,
        label: text(tile.querySelector('.label')),
        amount: text(tile.querySelector('.amount')),
        change: text(tile.querySelector('.change')),
        note: text(tile.querySelector('.tile-words .quiet')),
      })),
      rows: [...figure.querySelectorAll('table')].map(table => [...table.tBodies[0].rows].map(row => [...row.cells].map(text))),
    };
  }
  return seen;
}"""


def seen(page: Page) -> dict[str, Any]:
    """All figures on the page, as text."""
    return page.evaluate(SEEN)


def table_of(figures: dict[str, Any], name: str) -> Rows:
    """The rows of a figure's table; none where one sentence stands in its place."""
    figure = figures.get(name)
    if figure is None or figure["bare"] or not figure["rows"]:
        return []
    return sorted(tuple(cell for cell in row) for row in figure["rows"][0])


def open_page(browser: Browser, path: Path, choice: str = "", **context: Any) -> Generator[Page]:
    """The page in a file, opened from the disk with a choice in its address; raises where it asks for anything or says anything on the console."""
    opened = browser.new_context(**{"viewport": {"width": 1440, "height": 1000}} | context)
    page = opened.new_page()
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    address = path.as_uri()
    page.goto(address + choice)
    expect(page.locator("html")).to_have_attribute("data-ready", "yes")
    yield page
    opened.close()
    assert [text for text in heard if not text.startswith((address, f"blob:{address[:7]}", "blob:null"))] == []


def choose(page: Page, address: str) -> None:
    """Go to another address of the same page, as a bookmark does, and wait until it is shown."""
    page.evaluate(
        """to => new Promise(done => {
          if (location.hash === to) done();
          addEventListener('popstate', () => setTimeout(done), { once: true });
          location.hash = to;
        })""",
        address,
    )


def trends(oracle: Oracle) -> dict[str, str]:
    """{figure: metric} of the small multiples that a version can have."""
    told = {chart.name: chart.metric for chart in charts() if chart.kind is Kind.trend and chart.metric}
    return {name: metric for name, metric in told.items() if metric in oracle.metrics}


def serious(browser: Browser, path: Path, address: str, scheme: Any) -> list[str]:
    """What axe calls serious or critical of the page with everything drawn and opened."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(path.as_uri() + address)
    seen(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })"
    )
    context.close()
    return [
        f"{issue['id']}: {issue['nodes'][0]['html'][:200]}"
        for issue in found["violations"]
        if issue["impact"] in ("serious", "critical")
    ]


def initiative_differences(oracle: Oracle, identifier: str, page: Page, currency: str) -> list[str]:
    """Where an opened initiative says otherwise than the warehouse."""
    expected = Expected(oracle, Choice("all", None, None, "total", 0, "total"), currency)
    [(key,)] = oracle.sql(
        f"select entity_key from outcomes.value_realization where level = 'initiative' and entity_id = '{identifier}'"
    )
    figures = seen(page)["figures"]
    rules = oracle.sql(
        f"""select sum(allocated_reporting_amount) from core.fct_cost_allocations where initiative_key = {key}
        group by allocation_rule, allocation_basis"""
    )
    sources = oracle.sql(
        f"""select count(*) from core.fct_deliverables where current_initiative_key = {key} union all
        select count(distinct ledger_entry_key) from core.fct_cost_allocations where initiative_key = {key}"""
    )
    days = expected.table(
        f"""select 'delivered', delivery_date, count(*) from deliveries where initiative_key = {key} and is_delivered and delivery_date is not null group by all
        union all
        select 'released', released_date, count(*) from core.fct_deliverables where current_initiative_key = {key} and released_date is not null group by all""",
        ["text", "day", "count"],
    )
    facts = list(
        expected.table(
            f"""select cost_reporting_amount, {expected.remark("cost")}, budget_reporting_amount,
                approved_reporting_amount, benefit_reporting_amount, {expected.remark("benefit_actual")},
                benefit_soft_reporting_amount, benefit_planned_reporting_amount
            from outcomes.value_realization as i where level = 'initiative' and entity_key = {key}""",
            [
                ("money", "not measured"), "remark", ("money", "not measured"), ("money", "not known"),
                ("money", "not measured"), "remark", ("money", "not measured"), ("money", "not known"),
            ],
        )[0]
    )  # fmt: skip
    shown = page.locator("#chart-initiative_facts dd").all_inner_texts()[7:13]
    wrong = [] if shown == facts else [f"{identifier} facts: {shown} is not {facts}"]
    money = sorted(expected.write(amount, "money", "not known") for (amount,) in rules)
    found = sorted(row[-1] for row in figures["initiative_rules"]["rows"][0])
    wrong += [] if found == money else [f"{identifier} rules: {found} is not {money}"]
    records = {row[0]: row[1] for row in figures["initiative_sources"]["rows"][0]}
    wanted = {
        what: words.number(n) for what, (n,) in zip(("deliverables", "ledger entries"), sources, strict=True) if n
    }
    wrong += [f"{identifier} sources: {records} lacks {what}" for what, n in wanted.items() if records.get(what) != n]
    timeline = sorted(tuple(row[:3]) for row in figures["initiative_timeline"]["rows"][0]) if days else []
    return wrong + ([] if timeline == days else [f"{identifier} timeline: {timeline} is not {days}"])


def evidence_of_work(oracle: Oracle, identifier: str) -> Rows:
    """What the page must say moved after a deliverable: name, before, after, change, certainty."""
    [(key, product, delivered)] = oracle.sql(
        f"""select entity_key, product_key, delivery_date from outcomes.value_realization
        where level = 'deliverable' and entity_id = '{identifier}'"""
    )
    found: Rows = []
    for name, is_outcome, stands, then, then_day, last, last_day in oracle.sql(
        f"""
        with readings as (
            select goals.key_result_name, goals.is_outcome, progress.*
            from core.fct_key_result_progress as progress
            join outcomes.goal_scorecard as goals on goals.key_result_key = progress.current_key_result_key
            where score_status = 'measured' and goals.key_result_id in (
                select key_result_id from core.bridge_deliverable_key_result where deliverable_key = {key}
            )
        )
        select
            key_result_name, is_outcome,
            max_by(case when is_final then 'ended' when is_on_pace then 'on track' else 'behind' end, as_of_date),
            max_by(clamped_score, as_of_date) filter (as_of_date <= date '{delivered}'),
            max(as_of_date) filter (as_of_date <= date '{delivered}'),
            max_by(clamped_score, as_of_date), max(as_of_date)
        from readings group by current_key_result_key, key_result_name, is_outcome
        """
    ):
        said = [f"{words.share(float(score))} of the target, {words.day(day.isoformat())}" for score, day in
                ((then, then_day), (last, last_day)) if score is not None]  # fmt: skip
        before = said[0] if then is not None else "not measured"
        after = "not measured since" if then_day == last_day else said[-1]
        found.append((name, before, after, "–", stands + ("" if is_outcome else " · output, not outcome")))
    releases = oracle.sql(
        f"""select release_id from outcomes.release_changes
        where product_key = {product} and month_start_date = date_trunc('month', date '{delivered}')
            and released_date >= date '{delivered}'
            and (nps_change is not null or csat_change is not null or dau_change is not null)"""
    )
    return sorted(found + [row for (release,) in releases for row in evidence_of_release(oracle, release)])


def evidence_of_release(oracle: Oracle, identifier: str) -> Rows:
    """What the page must say moved after a release."""
    found: Rows = []
    for what, name, unit, factor in (
        ("Net promoter score (NPS)", "nps", "points", 1),
        ("Satisfied customers (CSAT; change in percentage points)", "csat", "share", 100),
        ("Daily active users", "dau", "count", 1),
    ):
        bounds = (
            "null, null, null"
            if name == "dau"
            else f"{name}_change_lower, {name}_change_upper, {name}_after_respondents"
        )
        [(before, after, change, lower, upper, people)] = oracle.sql(
            f"""select {name}_before, {name}_after, {name}_change, {bounds} from outcomes.release_changes
            where release_id = '{identifier}'"""
        )
        if before is None or after is None:
            continue
        points = lambda value, factor=factor: words.quantity(value * factor, "points", "")  # noqa: E731
        told = "" if lower is None else "better" if lower > 0 else "worse" if upper < 0 else "no clear change"
        parts = ["" if change is None else points(change), told]
        basis = ["no interval" if lower is None else f"95% interval {points(lower)} to {points(upper)}"]
        basis += [] if people is None else [f"n = {words.number(people)}"]
        found.append(
            (
                what,
                words.quantity(before, unit, ""),
                words.quantity(after, unit, ""),
                " · ".join(part for part in parts if part) or "–",
                " · ".join(basis),
            )
        )
    return sorted(found)


CHARTED = [chart.metric for chart in charts() if chart.metric]
COMPARED = {chart.name: chart.compare for chart in charts() if chart.compare}
CHANGE = re.compile("better than|worse than|no clear change from")


def differences(oracle: Oracle, choice: Choice, page: Page, currency: str, trends: dict[str, str]) -> list[str]:
    """Where the page says otherwise than the warehouse, one line each. `trends`: {figure: its metric}."""
    found = seen(page)
    figures: dict[str, Any] = found["figures"]
    expected = Expected(oracle, choice, currency)
    plain: Callable[[str], str] = lambda text: text.replace("\u00a0", " ")  # noqa: E731
    wrong: list[str] = []

    def hold(name: str, shown: Any, wanted: Any) -> None:
        if shown != wanted:
            wrong.append(f"{choice.address.partition('&releases')[0]} {name}: {shown!r} is not {wanted!r}")

    for text in expected.sentence():
        if plain(text) not in found["sentence"]:
            wrong.append(f"{choice} sentence lacks {text!r}: {found['sentence']}")
    tables: dict[str, Callable[[], Rows]] = {
        "what_became_of_it": expected.parts,
        "goal_progress": expected.goals,
        "deliverables": expected.deliverables,
        "initiatives": expected.initiatives,
        "initiative_quadrant": expected.quadrant,
        "no_value": expected.no_value,
        "unlinked_by_team": expected.unlinked,
        "goals_behind": expected.behind,
        "wins_to_celebrate": expected.wins,
        "all_metrics": expected.scorecard,
        "pilot_uplift": expected.pilots,
        "plans": expected.plans,
        "budget_lines": expected.budget_lines,
        "budget_months": expected.budget_months,
    }
    for name, wanted in tables.items():
        rows = [tuple(plain(cell) for cell in row) for row in wanted()]
        if name in (
            "initiatives",
            "deliverables",
            "goals_behind",
            "no_value_items",
        ):  # a column that is empty throughout is not shown
            rows = like(rows, figures, name)
        if name == "what_became_of_it" and not any(row[1] != "0" for row in rows):
            rows = []  # nothing was delivered: a sentence
        hold(name, table_of(figures, name), rows)
        if name in ("initiatives", "deliverables") and rows:
            hold(f"{name} rows", figures[name]["count"], words.plural(len(rows), "row"))
    wrong += leader_differences(expected, figures, oracle, plain)
    wrong += tile_differences(expected, figures, oracle, plain)
    for figure, metric in trends.items():
        unit = oracle.metrics[metric][0]
        wanted_card = expected.metric(metric, unit)
        card = figures.get(figure)
        if wanted_card is None or card is None:
            hold(figure, card, wanted_card)
            continue
        hold(f"{figure} amount", card["amount"], plain(wanted_card["amount"]))
        for line in wanted_card["lines"]:
            if plain(line) not in card["lines"]:
                wrong.append(f"{choice.address} {figure} lacks {line!r}: {card['lines']!r}")
        if not card["lines"].lower().startswith(plain(wanted_card["period"]).lower()):
            wrong.append(
                f"{choice.address} {figure} names another period than {wanted_card['period']}: {card['lines']}"
            )
        said = [words for words in (part.strip() for part in re.split(r"[·\n]", card["lines"])) if CHANGE.match(words)]
        hold(f"{figure} change", said, expected.change(metric))
        hold(f"{figure} label", card["label"], oracle.marked(metric))
        if figure in COMPARED:
            wrong += [
                f"{choice.address} {figure} lacks {side!r}"
                for side in expected.sides(metric, unit, COMPARED[figure])
                if plain(side) not in card["lines"]
            ]
        wrong += series_differences(expected, card, metric, unit, plain)
    return wrong


def tile_differences(
    expected: Expected, figures: dict[str, Any], oracle: Oracle, plain: Callable[[str], str]
) -> list[str]:
    """Where a tile says otherwise than the warehouse."""
    wrong: list[str] = []
    for tile in figures["key_figures"]["tiles"]:
        metric = tile["metric"]
        card = expected.metric(metric, oracle.metrics[metric][0])
        said = tile["change"].lstrip("▲▼ ")
        shown = (tile["label"], tile["amount"], [said] if CHANGE.match(said) else [])
        wanted = card and (oracle.marked(metric), plain(card["amount"]), expected.change(metric))
        if shown != wanted:
            wrong.append(f"{expected.choice.address} tile {metric}: {shown} is not {wanted}")
    return wrong


def drawn_tiles(page: Page) -> list[tuple[str, ...]]:
    """The tiles of the page: metric, label, figure, change, note."""
    return [
        (tile["metric"], tile["label"], tile["amount"], tile["change"].lstrip("▲▼ "), tile["note"])
        for tile in seen(page)["figures"]["key_figures"].get("tiles", [])
    ]


def written_tiles(folder: Path) -> list[tuple[str, ...]]:
    """The same of the tiles that are written without a page."""
    return [
        tuple(
            text.replace("\u00a0", " ")
            for text in (
                tile.metric,
                tile.label + (" ⚠ (a check warned)" if tile.warned else ""),
                tile.amount,
                tile.change,
                tile.note,
            )
        )
        for tile in tiles_of(folder).shown
    ]


def leader_differences(
    expected: Expected, figures: dict[str, Any], oracle: Oracle, plain: Callable[[str], str]
) -> list[str]:
    """Where the members that are compared have other figures than the warehouse."""
    leaders = figures["members_compared"]
    if leaders["bare"] or not leaders["rows"]:
        return []
    dimension, label = leaders["heads"][0].lower(), leaders["heads"][1]
    [metric] = [name for name, known in oracle.labels.items() if known == label]
    shown = sorted((row[0], row[1], row[2], row[5]) for row in leaders["rows"][0])
    wanted = expected.leaders(dimension, metric, oracle.metrics[metric][0])
    wanted = [tuple(plain(cell) for cell in row) for row in wanted]
    return [] if shown == wanted else [f"{expected.choice.address} leaders by {metric}: {shown} is not {wanted}"]


def series_differences(
    expected: Expected, card: dict[str, Any], metric: str, unit: str, plain: Callable[[str], str]
) -> list[str]:
    """Rows of the table behind a metric's line that the warehouse doesn't know so."""
    known = {
        words.period(start, end): (expected.write(value, unit, "not measured"), words.STATUS_WORDS[status])
        for _, start, end, value, _, _, _, status, _ in expected.values(metric)
    }
    rows = card["rows"][0] if card["rows"] else []
    return [
        f"{expected.choice.address} {metric} {row}: the warehouse has {known.get(row[0])}"
        for row in rows
        if row[0] not in known or row[1] != plain(known[row[0]][0]) or known[row[0]][1] not in row
    ]


def like(rows: Rows, figures: dict[str, Any], name: str) -> Rows:
    """`rows` without the columns that the page leaves out as nothing stands in them anywhere."""
    shown = figures.get(name)
    if shown is None or not shown["heads"]:
        return rows
    kept = [place for place, head in enumerate(HEADS[name]) if head in shown["heads"]]
    return sorted(tuple(row[place] for place in kept) for row in rows)
