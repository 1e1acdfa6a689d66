-- A rate of another day, of another currency or too old would change every figure in the reporting currency.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_entries"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    rates as (select * from {{ ref("stg_exchange_rates") }}),

    converted_amounts as (
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
        union all
        select
            'approval' as fact,
            work_item_id as id,
            approved_currency as currency,
            cast(
                timezone(settings.time_zone, timezone('UTC', ifnull(committed_at, created_at))) as date
            ) as wanted_date,
            null as exchange_rate,
            null as has_rate,
            approved_amount as amount,
            approved_reporting_amount as reporting_amount
        from {{ ref("fct_deliverables") }}
        cross join settings
        where approved_amount is not null
    ),

    -- what lies ahead is converted at the latest rate known now; of an entry that lies ahead no rate is known
    amounts_with_rate_day as (
        select
            converted_amounts.*,
            case
                when fact = 'ledger_entry' then wanted_date else least(wanted_date, settings.as_of_date)
            end as rate_day,
            fact = 'ledger_entry' and wanted_date > settings.as_of_date as is_ahead
        from converted_amounts
        cross join settings
    ),

    rate_days as (select distinct currency, rate_day from amounts_with_rate_day),

    last_quotes as (
        select rate_days.currency, rate_days.rate_day, max(rates.rate_date) as rate_date
        from rate_days
        inner join rates on rate_days.currency = rates.currency and rates.rate_date <= rate_days.rate_day
        group by rate_days.currency, rate_days.rate_day
    ),

    expected_rates as (
        select
            amounts_with_rate_day.*,
            case
                when amounts_with_rate_day.currency = settings.reporting_currency
                then 1
                when amounts_with_rate_day.is_ahead
                then null
                when amounts_with_rate_day.rate_day - last_quotes.rate_date <= settings.max_rate_age_days
                then rates.rate_to_reporting
            end as expected_rate
        from amounts_with_rate_day
        cross join settings
        left join
            last_quotes
            on amounts_with_rate_day.currency = last_quotes.currency
            and amounts_with_rate_day.rate_day = last_quotes.rate_day
        left join rates on last_quotes.currency = rates.currency and last_quotes.rate_date = rates.rate_date
    )

select *
from expected_rates
where
    (fact <> 'approval' and round(exchange_rate, 8) is distinct from round(expected_rate, 8))
    or has_rate <> (expected_rate is not null)
    or (reporting_amount is null) <> (expected_rate is null)
    or abs(reporting_amount - amount * expected_rate) > 0.0001
