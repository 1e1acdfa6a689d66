with
    reports as (select * from {{ ref("stg_initiative_reports") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dated_reports as (
        select
            reports.*,
            {{ local_date("reports.reported_at", "settings.time_zone") }} as reported_date,
            reports.reported_at <= settings.as_of_at as is_past
        from reports
        cross join settings
    ),

    reports_with_recency as (
        select
            *,
            is_past
            and row_number() over (partition by initiative_id, is_past order by reported_at desc) = 1 as is_latest
        from dated_reports
    )

select *
from reports_with_recency
