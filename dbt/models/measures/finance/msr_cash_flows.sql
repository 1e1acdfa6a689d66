with
    settings as (
        select
            as_of_date,
            cast(discount_rate as double) as discount_rate,
            cast(discount_base_date as date) as discount_base_date
        from {{ ref("stg_settings") }}
    ),

    benefits as (
        select * from {{ ref("fct_benefits") }} where benefit_type = 'hard' and scenario = 'actual' and is_past
    ),

    allocations as (select * from {{ ref("fct_cost_allocations") }}),

    initiatives as (select distinct current_initiative_key as initiative_key from benefits),

    benefits_per_month as (
        select
            current_initiative_key as initiative_key,
            month_start_date,
            sum(benefit_reporting_amount) as benefit,
            count(*) filter (not has_rate) as benefits_unrated
        from benefits
        group by current_initiative_key, month_start_date
    ),

    costs_per_month as (
        select
            allocations.initiative_key,
            cast({{ dbt.date_trunc("month", "allocations.posted_date") }} as date) as month_start_date,
            sum(allocations.allocated_reporting_amount) as cost,
            count(*) filter (allocations.allocated_reporting_amount is null) as costs_unrated
        from allocations
        inner join initiatives on allocations.initiative_key = initiatives.initiative_key
        group by allocations.initiative_key, cast({{ dbt.date_trunc("month", "allocations.posted_date") }} as date)
    ),

    initiative_months as (
        select initiative_key, month_start_date
        from benefits_per_month
        union distinct
        select initiative_key, month_start_date
        from costs_per_month
    ),

    cash_flows as (
        select
            initiative_months.initiative_key,
            initiative_months.month_start_date,
            -- NULL where there is none, and where no rate is known: what is unknown isn't 0
            benefits_per_month.benefit,
            costs_per_month.cost,
            coalesce(benefits_per_month.benefits_unrated, 0) as benefits_unrated,
            coalesce(costs_per_month.costs_unrated, 0) as costs_unrated,
            -- to twelve decimals: the last digits of a power are not the same on every machine and engine
            cast(
                cast(
                    power(
                        1 + settings.discount_rate,
                        -
                        {{ dbt.datediff("settings.discount_base_date", "initiative_months.month_start_date", "month") }}
                        / 12.0
                    ) as decimal(38, 12)
                ) as double
            ) as discount_factor
        from initiative_months
        cross join settings
        left join
            benefits_per_month
            on initiative_months.initiative_key = benefits_per_month.initiative_key
            and initiative_months.month_start_date = benefits_per_month.month_start_date
        left join
            costs_per_month
            on initiative_months.initiative_key = costs_per_month.initiative_key
            and initiative_months.month_start_date = costs_per_month.month_start_date
    )

select *
from cash_flows
