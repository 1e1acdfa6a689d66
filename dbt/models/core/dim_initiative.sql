with
    versions as (select * from {{ ref("int_initiative_versions") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    rates as (select * from {{ ref("int_daily_rates") }}),

    versions_with_rate_day as (
        select
            versions.*,
            -- at the approval's rate; the latest known where the approval has no date or lies ahead
            least(
                coalesce({{ local_date("versions.approved_at", "settings.time_zone") }}, settings.as_of_date),
                settings.as_of_date
            ) as rate_day
        from versions
        cross join settings
    ),

    converted_versions as (
        select
            versions_with_rate_day.initiative_key,
            versions_with_rate_day.initiative_id,
            versions_with_rate_day.name as initiative_name,
            versions_with_rate_day.stage,
            versions_with_rate_day.objective_id,
            versions_with_rate_day.team_id,
            versions_with_rate_day.product_id,
            versions_with_rate_day.planned_start_date,
            versions_with_rate_day.planned_end_date,
            versions_with_rate_day.started_at,
            versions_with_rate_day.ended_at,
            versions_with_rate_day.approved_at,
            versions_with_rate_day.approved_amount,
            versions_with_rate_day.currency as approved_currency,
            cast(
                round(versions_with_rate_day.approved_amount * rates.rate, 4) as decimal(28, 4)
            ) as approved_reporting_amount,
            versions_with_rate_day.source_file,
            versions_with_rate_day.source_record,
            versions_with_rate_day.valid_from,
            versions_with_rate_day.valid_to,
            versions_with_rate_day.is_current,
            versions_with_rate_day.is_latest
        from versions_with_rate_day
        left join
            rates
            on versions_with_rate_day.currency = rates.currency
            and versions_with_rate_day.rate_day = rates.date_day
    ),

    special_members as ({{ unknown_members("initiative") }}),

    all_members as (
        select *
        from converted_versions
        union all by name
        select *
        from special_members
    )

select *
from all_members
