-- one row per initiative with a hard benefit and month up to now: what it returned, was planned to return and cost in
-- that
-- month, and what money of that month counts (1 at the base date)
with
    settings as (
        select
            as_of_date,
            cast(discount_rate as double) as discount_rate,
            cast(discount_base_date as date) as discount_base_date
        from {{ ref("stg_settings") }}
    ),

    benefits as (select * from {{ ref("fct_benefits") }} where benefit_type = 'hard' and is_past),

    allocations as (select * from {{ ref("fct_cost_allocations") }}),

    initiatives as (
        select
            current_initiative_key as initiative_key,
            bool_or(scenario = 'actual') as is_benefiting,
            bool_or(scenario = 'planned') as is_planned
        from benefits
        group by current_initiative_key
    ),

    returned as (
        select
            current_initiative_key as initiative_key,
            month_start_date,
            sum(benefit_reporting_amount) filter (scenario = 'actual') as actual_benefit,
            sum(benefit_reporting_amount) filter (scenario = 'planned') as planned_benefit,
            count(*) filter (scenario = 'actual' and not has_rate) as actual_benefits_unrated,
            count(*) filter (scenario = 'planned' and not has_rate) as planned_benefits_unrated
        from benefits
        group by current_initiative_key, month_start_date
    ),

    spent as (
        select
            allocations.initiative_key,
            cast({{ dbt.date_trunc("month", "allocations.posted_date") }} as date) as month_start_date,
            sum(allocations.allocated_reporting_amount) as cost,
            count(*) filter (allocations.allocated_reporting_amount is null) as costs_unrated
        from allocations
        inner join initiatives on allocations.initiative_key = initiatives.initiative_key
        group by allocations.initiative_key, cast({{ dbt.date_trunc("month", "allocations.posted_date") }} as date)
    ),

    months as (
        select initiative_key, month_start_date
        from returned
        union distinct
        select initiative_key, month_start_date
        from spent
    ),

    flows as (
        select
            months.initiative_key,
            months.month_start_date,
            initiatives.is_benefiting,
            initiatives.is_planned,
            coalesce(returned.actual_benefit, 0) as actual_benefit,
            -- NULL without a plan of the month, and where no rate is known: a plan that can't be told isn't one of 0
            returned.planned_benefit,
            coalesce(spent.cost, 0) as cost,
            coalesce(returned.actual_benefits_unrated, 0) as actual_benefits_unrated,
            coalesce(returned.planned_benefits_unrated, 0) as planned_benefits_unrated,
            coalesce(spent.costs_unrated, 0) as costs_unrated,
            power(
                1 + settings.discount_rate,
                - {{ dbt.datediff("settings.discount_base_date", "months.month_start_date", "month") }} / 12.0
            ) as discount_factor
        from months
        cross join settings
        inner join initiatives on months.initiative_key = initiatives.initiative_key
        left join
            returned
            on months.initiative_key = returned.initiative_key
            and months.month_start_date = returned.month_start_date
        left join
            spent on months.initiative_key = spent.initiative_key and months.month_start_date = spent.month_start_date
    )

select {{ surrogate_key(["initiative_key", "month_start_date"]) }} as cash_flow_key, *
from flows
