-- Work or money that falls out of the page, or stands there twice, would be judged wrongly by all who open it first.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    entities as (
        select 'deliverable' as level, deliverable_key as entity_key
        from {{ ref("fct_deliverables") }}
        union all
        select 'initiative' as level, initiative_key as entity_key
        from {{ ref("dim_initiative") }}
        where is_current and initiative_key > 0
    ),

    shown as (
        select level, entity_key, count(*) as times from {{ ref("value_realization") }} group by level, entity_key
    ),

    disagreeing as (
        select
            coalesce(entities.level, shown.level) as level,
            coalesce(entities.entity_key, shown.entity_key) as entity_key,
            coalesce(shown.times, 0) as times
        from entities
        full outer join shown on entities.level = shown.level and entities.entity_key = shown.entity_key
        where entities.entity_key is null or coalesce(shown.times, 0) <> 1
    )

select *
from disagreeing
