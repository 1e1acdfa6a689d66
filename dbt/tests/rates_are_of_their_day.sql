-- Money is told in one currency: a rate of another day, of another currency or too old would move every figure.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_entries"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    rates as (select * from {{ ref("stg_exchange_rates") }}),

    facts as (
        select
            'ledger_entry' as fact,
            ledger_entry_id as id,
            currency,
            posted_date as wanted_date,
            exchange_rate,
            has_rate,
            amount,
            reporting_amount
        from {{ ref("fct_ledger_entries") }}
        union all
        select
            'benefit' as fact,
            benefit_id as id,
            currency,
            last_day(month_start_date) as wanted_date,
            exchange_rate,
            has_rate,
            benefit_amount as amount,
            benefit_reporting_amount as reporting_amount
        from {{ ref("fct_benefits") }}
        union all
        select
            'budget' as fact,
            budget_id as id,
            currency,
            last_day(month_start_date) as wanted_date,
            exchange_rate,
            has_rate,
            budget_amount as amount,
            budget_reporting_amount as reporting_amount
        from {{ ref("fct_budgets") }}
        union all
        select
            'approval' as fact,
            initiative_id as id,
            approved_currency as currency,
            coalesce(
                cast(timezone(settings.time_zone, timezone('UTC', approved_at)) as date), settings.as_of_date
            ) as wanted_date,
            null as exchange_rate,
            null as has_rate,
            approved_amount as amount,
            approved_reporting_amount as reporting_amount
        from {{ ref("dim_initiative") }}
        cross join settings
        where initiative_key > 0 and approved_amount is not null and approved_currency is not null
    ),

    -- what lies ahead is told at the latest rate known now; of an entry that lies ahead no rate is known
    dated as (
        select
            facts.*,
            case
                when fact = 'ledger_entry' then wanted_date else least(wanted_date, settings.as_of_date)
            end as rate_day,
            fact = 'ledger_entry' and wanted_date > settings.as_of_date as is_ahead
        from facts
        cross join settings
    ),

    days as (select distinct currency, rate_day from dated),

    quoted as (
        select days.currency, days.rate_day, max(rates.rate_date) as rate_date
        from days
        inner join rates on days.currency = rates.currency and rates.rate_date <= days.rate_day
        group by days.currency, days.rate_day
    ),

    expected as (
        select
            dated.*,
            case
                when dated.currency = settings.reporting_currency
                then 1
                when dated.is_ahead
                then null
                when dated.rate_day - quoted.rate_date <= settings.max_rate_age_days
                then rates.rate_to_reporting
            end as expected_rate
        from dated
        cross join settings
        left join quoted on dated.currency = quoted.currency and dated.rate_day = quoted.rate_day
        left join rates on quoted.currency = rates.currency and quoted.rate_date = rates.rate_date
    )

select *
from expected
where
    (fact <> 'approval' and round(exchange_rate, 8) is distinct from round(expected_rate, 8))
    or has_rate <> (expected_rate is not null)
    or (reporting_amount is null) <> (expected_rate is null)
    or abs(reporting_amount - amount * expected_rate) > 0.0001
