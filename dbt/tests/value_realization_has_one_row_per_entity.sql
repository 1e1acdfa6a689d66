-- Work or money that is missing from the table, or in it twice, would be misjudged by everybody who opens it.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    expected_entities as (
        select 'deliverable' as level, deliverable_key as entity_key
        from {{ ref("fct_deliverables") }}
        union all
        select 'initiative' as level, initiative_key as entity_key
        from {{ ref("dim_initiative") }}
        where is_current and initiative_key > 0
    ),

    published_entities as (
        select level, entity_key, count(*) as times from {{ ref("value_realization") }} group by level, entity_key
    ),

    differences as (
        select
            coalesce(expected_entities.level, published_entities.level) as level,
            coalesce(expected_entities.entity_key, published_entities.entity_key) as entity_key,
            coalesce(published_entities.times, 0) as times
        from expected_entities
        full outer join
            published_entities
            on expected_entities.level = published_entities.level
            and expected_entities.entity_key = published_entities.entity_key
        where expected_entities.entity_key is null or coalesce(published_entities.times, 0) <> 1
    )

select *
from differences
