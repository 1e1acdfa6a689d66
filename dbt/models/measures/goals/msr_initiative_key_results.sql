with
    initiatives as (
        select
            members.initiative_key,
            members.initiative_id,
            members.objective_id,
            {{ linked_date("entities.delivery_date", "settings.as_of_date") }} as linked_date
        from {{ ref("dim_initiative") }} as members
        inner join
            {{ ref("msr_value_entities") }} as entities
            on entities.level = 'initiative'
            and members.initiative_key = entities.entity_key
        cross join {{ ref("stg_settings") }} as settings
    ),

    key_results as (select * from {{ ref("stg_key_results") }}),

    linked_key_results as (
        select initiatives.initiative_key, links.key_result_id, true as is_own
        from initiatives
        inner join
            {{ ref("stg_outcome_links") }} as links
            on initiatives.initiative_id = links.initiative_id
            and {{ link_is_valid("links", "initiatives.linked_date") }}
        union all
        select initiatives.initiative_key, key_results.key_result_id, false as is_own
        from initiatives
        inner join key_results on initiatives.objective_id = key_results.objective_id
        union all
        select deliverables.current_initiative_key as initiative_key, linked_work.key_result_id, false as is_own
        from {{ ref("bridge_deliverable_key_result") }} as linked_work
        inner join
            {{ ref("fct_deliverables") }} as deliverables on linked_work.deliverable_key = deliverables.deliverable_key
    ),

    initiative_key_results as (
        select
            linked_key_results.initiative_key,
            linked_key_results.key_result_id,
            key_results.kind = 'outcome' as is_outcome,
            bool_or(linked_key_results.is_own) as is_own
        from linked_key_results
        inner join key_results on linked_key_results.key_result_id = key_results.key_result_id
        group by linked_key_results.initiative_key, linked_key_results.key_result_id, key_results.kind
    )

select *
from initiative_key_results
