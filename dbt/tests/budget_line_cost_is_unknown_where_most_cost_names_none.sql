-- Where most cost of a year names no team, a team that none names may have had any: its line's cost is not 0 but
-- unknown. So is that of every line where no source gives cost.
{{ config(meta={"dagster": {"ref": {"name": "budget_lines"}}}) }}

with
    lines as (select * from {{ ref("budget_lines") }}),

    lines_with_cost as (select distinct budget_line_key from {{ ref("msr_budget_costs") }}),

    given_cost as (select count(*) > 0 as is_given from {{ ref("int_given_kinds") }} where kind = 'cost'),

    unnamed_shares as (
        select
            dates.fiscal_year_start_date,
            {% for entity in ("initiative", "team", "product") %}
                coalesce(
                    2 * sum(costs.allocated_reporting_amount) filter (costs.{{ entity }}_key = -2)
                    > sum(costs.allocated_reporting_amount),
                    false
                ) as is_mostly_without_{{ entity }}{{ "," if not loop.last }}
            {% endfor %}
        from {{ ref("fct_cost_allocations") }} as costs
        inner join {{ ref("dim_date") }} as dates on costs.posted_date = dates.date_day
        group by dates.fiscal_year_start_date
    ),

    expected_lines as (
        select
            lines.*,
            lines_with_cost.budget_line_key is null
            and (
                not given_cost.is_given
                {% for entity in ("initiative", "team", "product") %}
                    or (lines.{{ entity }}_key <> -2 and coalesce(unnamed_shares.is_mostly_without_{{ entity }}, false))
                {% endfor %}
            ) as is_cost_unknown
        from lines
        cross join given_cost
        left join unnamed_shares on lines.fiscal_year_start_date = unnamed_shares.fiscal_year_start_date
        left join lines_with_cost on lines.budget_line_key = lines_with_cost.budget_line_key
    )

select budget_line_key, initiative_key, team_key, product_key, cost_to_date_reporting_amount, is_cost_unknown
from expected_lines
where
    (is_cost_unknown and cost_to_date_reporting_amount is not null)
    or (not is_cost_unknown and cost_to_date_reporting_amount is null and rows_without_rate = 0)
