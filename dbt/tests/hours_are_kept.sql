-- Hours that a join loses or doubles would move cost from team to team unseen.
{{ config(meta={"dagster": {"ref": {"name": "fct_time_entries"}}}) }}

with
    landed as (select count(*) as entries, coalesce(sum(hours), 0) as hours from {{ ref("stg_time_entries") }}),

    published as (
        select count(*) as entries, coalesce(sum(worked_hours), 0) as hours from {{ ref("fct_time_entries") }}
    ),

    disagreeing as (
        select landed.entries, landed.hours, published.entries as published_entries, published.hours as published_hours
        from landed
        cross join published
        where landed.entries <> published.entries or landed.hours <> published.hours
    )

select *
from disagreeing
