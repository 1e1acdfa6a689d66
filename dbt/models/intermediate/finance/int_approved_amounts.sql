with
    initiatives as (
        select
            versions.*,
            {{ rate_day(local_date("versions.approved_at", "settings.time_zone"), "settings.as_of_date") }} as rate_day
        from {{ ref("int_initiative_versions") }} as versions
        cross join {{ ref("stg_settings") }} as settings
        where versions.approved_amount is not null
    ),

    rates as (select * from {{ ref("int_daily_rates") }}),

    approved_amounts as (
        select
            initiatives.initiative_key,
            {{ reporting_amount("initiatives.approved_amount", "rates.rate") }} as approved_reporting_amount
        from initiatives
        left join rates on initiatives.currency = rates.currency and initiatives.rate_day = rates.date_day
    )

select *
from approved_amounts
