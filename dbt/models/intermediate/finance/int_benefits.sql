with
    benefits as (select * from {{ ref("stg_benefits") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    rates as (select * from {{ ref("int_daily_rates") }}),

    benefits_with_rate_day as (
        select
            benefits.*,
            benefits.month <= settings.as_of_date as is_past,
            {{ rate_day("cast(" ~ dbt.last_day("benefits.month", "month") ~ " as date)", "settings.as_of_date") }}
            as rate_day
        from benefits
        cross join settings
    ),

    converted_benefits as (
        select
            benefits.* exclude (rate_day),
            rates.rate as exchange_rate,
            {{ reporting_amount("benefits.amount", "rates.rate") }} as reporting_amount,
            rates.rate is not null as has_rate
        from benefits_with_rate_day as benefits
        left join rates on benefits.currency = rates.currency and benefits.rate_day = rates.date_day
    )

select *
from converted_benefits
