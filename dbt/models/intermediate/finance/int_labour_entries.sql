with
    hours as (select * from {{ ref("int_hours") }} where is_past),

    settings as (select * from {{ ref("stg_settings") }}),

    deliverables as (select * from {{ ref("stg_work_items") }}),

    rates as (
        select
            person_id,
            team_id,
            hourly_cost,
            currency,
            valid_from,
            coalesce(
                lead(valid_from) over (partition by person_id, team_id order by valid_from), cast('9999-12-31' as date)
            ) as valid_to
        from {{ ref("stg_labour_rates") }}
    ),

    hours_with_rate as (
        select
            hours.deliverable_id,
            case when hours.deliverable_id is null then hours.team_id end as team_id,
            hours.month_start_date,
            hours.hours,
            case
                when of_person.person_id is not null then of_person.hourly_cost else of_team.hourly_cost
            end as hourly_cost,
            case when of_person.person_id is not null then of_person.currency else of_team.currency end as currency
        from hours
        cross join settings
        left join
            rates as of_person
            on hours.person_id = of_person.person_id
            and hours.work_date >= of_person.valid_from
            and hours.work_date < of_person.valid_to
        left join
            rates as of_team
            on hours.team_id = of_team.team_id
            and hours.work_date >= of_team.valid_from
            and hours.work_date < of_team.valid_to
        where settings.labour_cost = 'rates'
    ),

    -- hours without a rate are an entry of their own without an amount: their cost is unknown, not zero
    labour_cost_per_month as (
        select
            deliverable_id,
            team_id,
            month_start_date,
            currency,
            cast(round(sum(hours * hourly_cost), 10) as decimal(28, 10)) as amount
        from hours_with_rate
        group by deliverable_id, team_id, month_start_date, currency
    ),

    labour_entries as (
        select
            concat_ws(
                ' | ',
                'labour at rates',
                case when labour_cost_per_month.deliverable_id is not null then 'deliverable' else 'team' end,
                coalesce(labour_cost_per_month.deliverable_id, labour_cost_per_month.team_id, ''),
                cast(labour_cost_per_month.month_start_date as varchar),
                coalesce(labour_cost_per_month.currency, 'no rate')
            ) as ledger_entry_id,
            least(
                cast({{ dbt.last_day("labour_cost_per_month.month_start_date", "month") }} as date), settings.as_of_date
            ) as posted_date,
            labour_cost_per_month.month_start_date as service_date,
            labour_cost_per_month.deliverable_id as work_item_id,
            coalesce(labour_cost_per_month.team_id, deliverables.team_id) as team_id,
            deliverables.initiative_id,
            deliverables.product_id,
            labour_cost_per_month.amount,
            labour_cost_per_month.currency,
            'Hours at labour rates' as description,
            true as is_synthetic
        from labour_cost_per_month
        cross join settings
        left join deliverables on labour_cost_per_month.deliverable_id = deliverables.work_item_id
    )

select *
from labour_entries
