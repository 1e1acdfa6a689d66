-- one row a deliverable and key result that it is linked to: the nearest level with a valid link gives the whole set
-- (itself or work beneath it, the nearest linked ancestor, its initiative, the initiative's objective)
with
    deliverables as (
        select
            fct.work_item_id,
            fct.deliverable_key,
            items.initiative_id,
            least(coalesce(fct.delivery_date, settings.as_of_date), settings.as_of_date) as tested_date
        from {{ ref("fct_deliverables") }} as fct
        inner join {{ ref("stg_work_items") }} as items on fct.work_item_id = items.work_item_id
        cross join {{ ref("stg_settings") }} as settings
    ),

    links as (
        select
            work_item_id,
            initiative_id,
            key_result_id,
            coalesce(valid_from, cast('1900-01-01' as date)) as valid_from,
            coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
        from {{ ref("stg_outcome_links") }}
    ),

    ancestors as (select * from {{ ref("int_work_item_ancestors") }}),

    initiatives as (select initiative_id, objective_id from {{ ref("stg_initiatives") }}),

    key_results as (select * from {{ ref("stg_key_results") }}),

    own as (
        select deliverables.deliverable_key, links.key_result_id, 0 as level, true as is_direct
        from deliverables
        inner join ancestors on deliverables.work_item_id = ancestors.ancestor_id
        inner join
            links
            on ancestors.work_item_id = links.work_item_id
            and deliverables.tested_date >= links.valid_from
            and deliverables.tested_date < links.valid_to
    ),

    above as (
        select deliverables.deliverable_key, links.key_result_id, ancestors.distance as level, false as is_direct
        from deliverables
        inner join ancestors on deliverables.work_item_id = ancestors.work_item_id and ancestors.distance > 0
        inner join
            links
            on ancestors.ancestor_id = links.work_item_id
            and deliverables.tested_date >= links.valid_from
            and deliverables.tested_date < links.valid_to
    ),

    of_initiative as (
        select deliverables.deliverable_key, links.key_result_id, 1000000 as level, false as is_direct
        from deliverables
        inner join
            links
            on deliverables.initiative_id = links.initiative_id
            and deliverables.tested_date >= links.valid_from
            and deliverables.tested_date < links.valid_to
    ),

    of_objective as (
        select deliverables.deliverable_key, key_results.key_result_id, 2000000 as level, false as is_direct
        from deliverables
        inner join initiatives on deliverables.initiative_id = initiatives.initiative_id
        inner join key_results on initiatives.objective_id = key_results.objective_id
    ),

    candidates as (
        select *
        from own
        union all
        select *
        from above
        union all
        select *
        from of_initiative
        union all
        select *
        from of_objective
    ),

    nearest as (
        select distinct
            deliverable_key,
            key_result_id,
            is_direct,
            level,
            min(level) over (partition by deliverable_key) as nearest_level
        from candidates
    ),

    typed as (
        select
            nearest.deliverable_key,
            nearest.key_result_id,
            nearest.is_direct,
            key_results.kind = 'outcome' as is_outcome,
            key_results.due_date
        from nearest
        inner join key_results on nearest.key_result_id = key_results.key_result_id
        where nearest.level = nearest.nearest_level
    )

select *
from typed
