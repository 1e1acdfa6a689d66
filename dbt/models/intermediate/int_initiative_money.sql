-- one row an initiative that money names: cost, budget and benefits up to now, and whether each could be converted
with
    costs as (
        select
            entries.current_initiative_key as initiative_key,
            sum(entries.reporting_amount) as cost_reporting_amount,
            count(*) filter (not entries.has_rate) as cost_rows_without_rate
        from {{ ref("fct_ledger_entries") }} as entries
        where entries.is_cost
        group by entries.current_initiative_key
    ),

    budgets as (
        select current_initiative_key as initiative_key, sum(budget_reporting_amount) as budget_reporting_amount
        from {{ ref("fct_budgets") }}
        where is_current_version
        group by current_initiative_key
    ),

    benefits as (
        select
            current_initiative_key as initiative_key,
            count(*) as benefit_rows,
            count(*) filter (is_past and scenario = 'actual' and benefit_type = 'hard') as actual_hard_rows,
            count(*) filter (
                is_past and scenario = 'actual' and benefit_type = 'hard' and not has_rate
            ) as actual_hard_rows_without_rate,
            sum(benefit_reporting_amount) filter (
                is_past and scenario = 'actual' and benefit_type = 'hard'
            ) as actual_hard_reporting_amount,
            sum(benefit_reporting_amount) filter (
                is_past and scenario = 'actual' and benefit_type = 'soft'
            ) as actual_soft_reporting_amount,
            sum(benefit_reporting_amount) filter (
                scenario = 'planned' and benefit_type = 'hard'
            ) as planned_hard_reporting_amount
        from {{ ref("fct_benefits") }}
        group by current_initiative_key
    )

select
    coalesce(costs.initiative_key, budgets.initiative_key, benefits.initiative_key) as initiative_key,
    costs.cost_reporting_amount,
    coalesce(costs.cost_rows_without_rate, 0) as cost_rows_without_rate,
    budgets.budget_reporting_amount,
    coalesce(benefits.benefit_rows, 0) as benefit_rows,
    coalesce(benefits.actual_hard_rows, 0) as actual_hard_rows,
    coalesce(benefits.actual_hard_rows_without_rate, 0) as actual_hard_rows_without_rate,
    benefits.actual_hard_reporting_amount,
    benefits.actual_soft_reporting_amount,
    benefits.planned_hard_reporting_amount
from costs
full outer join budgets on costs.initiative_key = budgets.initiative_key
full outer join benefits on coalesce(costs.initiative_key, budgets.initiative_key) = benefits.initiative_key
