-- one row an initiative and key result: its own links, its objective's key results, and those of its deliverables
with
    initiatives as (
        select initiative_key, initiative_id, objective_id
        from {{ ref("dim_initiative") }}
        where is_current and initiative_key > 0
    ),

    settings as (select * from {{ ref("stg_settings") }}),

    key_results as (select * from {{ ref("stg_key_results") }}),

    linked as (
        select initiatives.initiative_key, links.key_result_id
        from initiatives
        cross join settings
        inner join
            {{ ref("stg_outcome_links") }} as links
            on initiatives.initiative_id = links.initiative_id
            and settings.as_of_date >= coalesce(links.valid_from, cast('1900-01-01' as date))
            and settings.as_of_date < coalesce(links.valid_to, cast('9999-12-31' as date))
        union distinct
        select initiatives.initiative_key, key_results.key_result_id
        from initiatives
        inner join key_results on initiatives.objective_id = key_results.objective_id
        union distinct
        select deliverables.current_initiative_key as initiative_key, linked_work.key_result_id
        from {{ ref("int_deliverable_key_results") }} as linked_work
        inner join
            {{ ref("fct_deliverables") }} as deliverables on linked_work.deliverable_key = deliverables.deliverable_key
    ),

    typed as (
        select
            linked.initiative_key,
            linked.key_result_id,
            key_results.kind = 'outcome' as is_outcome,
            key_results.due_date
        from linked
        inner join key_results on linked.key_result_id = key_results.key_result_id
    )

select *
from typed
