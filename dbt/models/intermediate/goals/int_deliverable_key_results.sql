with
    deliverables as (
        select
            deliverables.work_item_id as deliverable_id,
            deliverables.initiative_id,
            deliverables.is_delivered,
            deliverables.is_cancelled,
            {{ linked_date("deliverables.delivery_date", "settings.as_of_date") }} as linked_date
        from {{ ref("int_deliverables") }} as deliverables
        cross join {{ ref("stg_settings") }} as settings
    ),

    key_results as (select * from {{ ref("stg_key_results") }}),

    -- a link to a key result that hasn't arrived can't be followed
    links as (
        select
            links.link_id,
            links.work_item_id,
            links.initiative_id,
            links.key_result_id,
            cast(links.weight as decimal(20, 10)) as weight,
            links.valid_from,
            links.valid_to
        from {{ ref("stg_outcome_links") }} as links
        inner join key_results on links.key_result_id = key_results.key_result_id
    ),

    ancestors as (select * from {{ ref("int_work_item_ancestors") }}),

    initiatives as (select initiative_id, objective_id from {{ ref("stg_initiatives") }}),

    own_links as (
        select
            deliverables.deliverable_id,
            links.link_id,
            links.key_result_id,
            links.weight,
            0 as distance,
            'work' as link_level
        from deliverables
        inner join ancestors on deliverables.deliverable_id = ancestors.ancestor_id
        inner join
            links
            on ancestors.work_item_id = links.work_item_id
            and {{ link_is_valid("links", "deliverables.linked_date") }}
    ),

    ancestor_links as (
        select
            deliverables.deliverable_id,
            links.link_id,
            links.key_result_id,
            links.weight,
            ancestors.distance,
            'ancestor' as link_level
        from deliverables
        inner join ancestors on deliverables.deliverable_id = ancestors.work_item_id and ancestors.distance > 0
        inner join
            links
            on ancestors.ancestor_id = links.work_item_id
            and {{ link_is_valid("links", "deliverables.linked_date") }}
    ),

    initiative_links as (
        select
            deliverables.deliverable_id,
            links.link_id,
            links.key_result_id,
            links.weight,
            1000000 as distance,
            'initiative' as link_level
        from deliverables
        inner join
            links
            on deliverables.initiative_id = links.initiative_id
            and {{ link_is_valid("links", "deliverables.linked_date") }}
    ),

    objective_links as (
        select
            deliverables.deliverable_id,
            key_results.objective_id || ' | ' || key_results.key_result_id as link_id,
            key_results.key_result_id,
            cast(1 as decimal(20, 10)) as weight,
            2000000 as distance,
            'objective' as link_level
        from deliverables
        inner join initiatives on deliverables.initiative_id = initiatives.initiative_id
        inner join key_results on initiatives.objective_id = key_results.objective_id
    ),

    candidate_links as (
        select *
        from own_links
        union all
        select *
        from ancestor_links
        union all
        select *
        from initiative_links
        union all
        select *
        from objective_links
    ),

    candidates_with_nearest_distance as (
        select *, min(distance) over (partition by deliverable_id) as nearest_distance from candidate_links
    ),

    -- a link splits equally over those that inherit it
    nearest_links as (
        select *, count(*) over (partition by link_level, link_id) as heirs
        from candidates_with_nearest_distance
        where distance = nearest_distance
    ),

    weights_per_key_result as (
        select deliverable_id, key_result_id, link_level, sum({{ weight_units("weight", "heirs") }}) as weight_in_units
        from nearest_links
        group by deliverable_id, key_result_id, link_level
    ),

    -- benefit goes to delivered work; if there is none, to work that isn't cancelled; if all is cancelled, to all of it
    weights_with_benefit_weight as (
        select
            weights_per_key_result.*,
            case
                when deliverables.is_delivered then 1 when not deliverables.is_cancelled then 2 else 3
            end as benefit_priority,
            case
                when benefit_priority = min(benefit_priority) over (partition by weights_per_key_result.key_result_id)
                then weights_per_key_result.weight_in_units
                else 0
            end as benefit_weight
        from weights_per_key_result
        inner join deliverables on weights_per_key_result.deliverable_id = deliverables.deliverable_id
    ),

    weights_with_totals as (
        select
            *,
            sum(weight_in_units) over (partition by deliverable_id) as deliverable_weight,
            sum(benefit_weight) over (partition by key_result_id) as key_result_weight
        from weights_with_benefit_weight
    ),

    deliverable_key_results as (
        select
            weights_with_totals.deliverable_id,
            weights_with_totals.key_result_id,
            weights_with_totals.link_level,
            weights_with_totals.link_level = 'work' as is_direct,
            key_results.kind = 'outcome' as is_outcome,
            key_results.due_date,
            cast(weights_with_totals.weight_in_units as double) / 1e13 as link_weight,
            {{
                units_as_share(
                    allocated_units(
                        "1000000000000",
                        "weight_in_units",
                        "deliverable_weight",
                        within="deliverable_id",
                        tie_break="weight_in_units desc, weights_with_totals.key_result_id",
                    )
                )
            }} as cost_share,
            {{
                units_as_share(
                    allocated_units(
                        "1000000000000",
                        "benefit_weight",
                        "key_result_weight",
                        within="weights_with_totals.key_result_id",
                        tie_break="benefit_weight desc, deliverable_id",
                    )
                )
            }} as benefit_share
        from weights_with_totals
        inner join key_results on weights_with_totals.key_result_id = key_results.key_result_id
    )

select *
from deliverable_key_results
