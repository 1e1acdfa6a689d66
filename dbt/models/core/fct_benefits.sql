with
    benefits as (select * from {{ ref("stg_benefits") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    rates as (select * from {{ ref("int_daily_rates") }}),

    dated as (
        select
            benefits.*,
            benefits.month <= settings.as_of_date as is_past,
            -- at month end; the latest rate known where that lies ahead
            least(cast({{ dbt.last_day("benefits.month", "month") }} as date), settings.as_of_date) as rate_day
        from benefits
        cross join settings
    ),

    keyed as (
        select
            {{ surrogate_key(["dated.benefit_id", "dated.month", "dated.scenario"]) }} as benefit_key,
            dated.benefit_id,
            dated.month as month_start_date,
            {{ version_keys("initiative", "dated.initiative_id") }},
            dated.key_result_id,
            dated.benefit_type,
            dated.benefit_category,
            dated.scenario,
            dated.is_past,
            dated.amount as benefit_amount,
            dated.currency,
            rates.rate as exchange_rate,
            cast(round(dated.amount * rates.rate, 4) as decimal(28, 4)) as benefit_reporting_amount,
            rates.rate is not null as has_rate,
            dated.evidence,
            dated.source_file,
            dated.source_record
        from dated
        left join
            rates on dated.currency = rates.currency and dated.rate_day = rates.date_day
            {{ join_versions("initiative", "dated.initiative_id", "dated.month") }}
    )

select *
from keyed
