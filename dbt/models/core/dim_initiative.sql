with
    versions as (select * from {{ ref("int_initiative_versions") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    rates as (select * from {{ ref("int_daily_rates") }}),

    dated as (
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

    converted as (
        select
            dated.initiative_key,
            dated.initiative_id,
            dated.name as initiative_name,
            dated.stage,
            dated.objective_id,
            dated.team_id,
            dated.product_id,
            dated.planned_start_date,
            dated.planned_end_date,
            dated.started_at,
            dated.ended_at,
            dated.approved_at,
            dated.approved_amount,
            dated.currency as approved_currency,
            cast(round(dated.approved_amount * rates.rate, 4) as decimal(28, 4)) as approved_reporting_amount,
            dated.source_file,
            dated.source_record,
            dated.valid_from,
            dated.valid_to,
            dated.is_current,
            dated.is_latest
        from dated
        left join rates on dated.currency = rates.currency and dated.rate_day = rates.date_day
    ),

    members as ({{ unknown_members("initiative") }}),

    all_members as (
        select *
        from converted
        union all by name
        select *
        from members
    )

select *
from all_members
