with
    benefits as (select * from {{ ref("fct_benefits") }} where benefit_type = 'hard'),

    initiatives as (select * from {{ ref("dim_initiative") }}),

    budgets as (select * from {{ ref("msr_budget_lines") }} where is_counted_for_initiative),

    benefits_per_initiative as (
        select
            current_initiative_key as initiative_key,
            min(month_start_date) as first_month,
            -- the plan as a whole, as its cost is, also of the months that lie ahead
            sum(benefit_reporting_amount) filter (scenario = 'planned') as planned_benefit,
            count(*) filter (scenario = 'planned' and not has_rate) as planned_unrated,
            count(*) filter (scenario = 'planned' and is_past) as plans_to_date,
            sum(benefit_reporting_amount) filter (scenario = 'planned' and is_past) as planned_to_date,
            sum(benefit_reporting_amount) filter (scenario = 'actual' and is_past) as actual_to_date,
            count(*) filter (is_past and not has_rate) as unrated_to_date
        from benefits
        group by current_initiative_key
        having count(*) filter (scenario = 'planned') > 0
    ),

    budgets_per_initiative as (
        select initiative_key, sum(budget) as budget, sum(rows_unrated) as budgets_unrated
        from budgets
        group by initiative_key
    ),

    planned_costs as (
        select
            initiatives.initiative_key,
            case
                when initiatives.approved_amount is not null
                then initiatives.approved_reporting_amount
                else budgets_per_initiative.budget
            end as planned_cost,
            case
                when initiatives.approved_amount is null then coalesce(budgets_per_initiative.budgets_unrated, 0) else 0
            end as costs_unrated
        from initiatives
        left join budgets_per_initiative on initiatives.initiative_key = budgets_per_initiative.initiative_key
    ),

    plans as (
        select
            benefits_per_initiative.initiative_key,
            benefits_per_initiative.first_month,
            benefits_per_initiative.planned_benefit,
            planned_costs.planned_cost,
            benefits_per_initiative.planned_benefit is not null
            and coalesce(planned_costs.planned_cost > 0, false) as has_planned_return,
            benefits_per_initiative.planned_unrated + planned_costs.costs_unrated as rows_unrated,
            benefits_per_initiative.plans_to_date > 0 as is_planned_to_date,
            benefits_per_initiative.planned_to_date,
            benefits_per_initiative.actual_to_date,
            coalesce(benefits_per_initiative.planned_to_date > 0, false)
            and benefits_per_initiative.actual_to_date is not null as has_realisation,
            benefits_per_initiative.unrated_to_date
        from benefits_per_initiative
        inner join planned_costs on benefits_per_initiative.initiative_key = planned_costs.initiative_key
    )

select *
from plans
