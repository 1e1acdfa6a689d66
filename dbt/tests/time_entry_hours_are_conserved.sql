-- Hours that a join loses or doubles would move cost from team to team unseen.
{{ config(meta={"dagster": {"ref": {"name": "fct_time_entries"}}}) }}

with
    staged_totals as (select count(*) as entries, coalesce(sum(hours), 0) as hours from {{ ref("stg_time_entries") }}),

    published_totals as (
        select count(*) as entries, coalesce(sum(worked_hours), 0) as hours from {{ ref("fct_time_entries") }}
    ),

    differences as (
        select
            staged_totals.entries,
            staged_totals.hours,
            published_totals.entries as published_entries,
            published_totals.hours as published_hours
        from staged_totals
        cross join published_totals
        where staged_totals.entries <> published_totals.entries or staged_totals.hours <> published_totals.hours
    )

select *
from differences
