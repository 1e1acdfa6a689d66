with
    reports as (select * from {{ ref("int_initiative_reports") }}),

    initiative_versions as (select * from {{ ref("dim_initiative") }}),

    reports_with_keys as (
        select
            {{ surrogate_key(["reports.initiative_id", "reports.reported_at"]) }} as initiative_report_key,
            reports.initiative_id,
            {{ version_keys("initiative", "reports.initiative_id") }},
            reports.reported_at,
            reports.reported_date,
            reports.is_past,
            reports.is_latest,
            reports.health,
            reports.confidence,
            reports.source_file,
            reports.source_record
        from
            reports
            {{ join_versions("initiative", "initiative_versions", "reports.initiative_id", "reports.reported_at") }}
    )

select *
from reports_with_keys
