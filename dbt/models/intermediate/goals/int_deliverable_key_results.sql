-- one row per deliverable and key result that it is linked to: the nearest level with a valid link gives the whole set
-- (itself or work beneath it, the nearest linked ancestor, its initiative, the initiative's objective)
with
    deliverables as (
        select
            deliverables.work_item_id as deliverable_id,
            deliverables.initiative_id,
            deliverables.is_delivered,
            deliverables.is_cancelled,
            least(coalesce(deliverables.delivery_date, settings.as_of_date), settings.as_of_date) as tested_date
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
            coalesce(links.valid_from, cast('1900-01-01' as date)) as valid_from,
            coalesce(links.valid_to, cast('9999-12-31' as date)) as valid_to
        from {{ ref("stg_outcome_links") }} as links
        inner join key_results on links.key_result_id = key_results.key_result_id
    ),

    ancestors as (select * from {{ ref("int_work_item_ancestors") }}),

    initiatives as (select initiative_id, objective_id from {{ ref("stg_initiatives") }}),

    own as (
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
            and deliverables.tested_date >= links.valid_from
            and deliverables.tested_date < links.valid_to
    ),

    above as (
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
            and deliverables.tested_date >= links.valid_from
            and deliverables.tested_date < links.valid_to
    ),

    of_initiative as (
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
            and deliverables.tested_date >= links.valid_from
            and deliverables.tested_date < links.valid_to
    ),

    of_objective as (
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

    ranked as (select *, min(distance) over (partition by deliverable_id) as nearest_distance from candidates),

    -- a link splits equally over those that inherit it
    inherited as (
        select *, count(*) over (partition by link_level, link_id) as heirs
        from ranked
        where distance = nearest_distance
    ),

    weighted as (
        select deliverable_id, key_result_id, link_level, sum({{ weight_units("weight", "heirs") }}) as weight_in_units
        from inherited
        group by deliverable_id, key_result_id, link_level
    ),

    -- who counts for a key result: what is done; if nothing is, what isn't cancelled; if all is, everything
    counted as (
        select
            weighted.*,
            case when deliverables.is_delivered then 1 when not deliverables.is_cancelled then 2 else 3 end as standing,
            case
                when standing = min(standing) over (partition by weighted.key_result_id)
                then weighted.weight_in_units
                else 0
            end as benefit_weight
        from weighted
        inner join deliverables on weighted.deliverable_id = deliverables.deliverable_id
    ),

    totalled as (
        select
            *,
            sum(weight_in_units) over (partition by deliverable_id) as deliverable_weight,
            sum(benefit_weight) over (partition by key_result_id) as key_result_weight
        from counted
    ),

    parts as (
        select
            *,
            {{ whole_share("1000000000000", "weight_in_units", "deliverable_weight") }} as cost_units,
            {{ share_remainder("1000000000000", "weight_in_units", "deliverable_weight") }} as cost_remainder,
            {{ whole_share("1000000000000", "benefit_weight", "key_result_weight") }} as benefit_units,
            {{ share_remainder("1000000000000", "benefit_weight", "key_result_weight") }} as benefit_remainder
        from totalled
    ),

    dealt as (
        select
            *,
            row_number() over (
                partition by deliverable_id order by cost_remainder desc, weight_in_units desc, key_result_id
            ) as cost_rank,
            1000000000000 - sum(cost_units) over (partition by deliverable_id) as cost_units_left,
            row_number() over (
                partition by key_result_id order by benefit_remainder desc, benefit_weight desc, deliverable_id
            ) as benefit_rank,
            1000000000000 - sum(benefit_units) over (partition by key_result_id) as benefit_units_left
        from parts
    ),

    shared as (
        select
            dealt.deliverable_id,
            dealt.key_result_id,
            dealt.link_level,
            dealt.link_level = 'work' as is_direct,
            key_results.kind = 'outcome' as is_outcome,
            key_results.due_date,
            cast(dealt.weight_in_units as double) / 1e13 as link_weight,
            {{
                units_as_share(
                    "dealt.cost_units + case when dealt.cost_rank <= dealt.cost_units_left then 1 else 0 end"
                )
            }} as cost_share,
            {{
                units_as_share(
                    "dealt.benefit_units + case when dealt.benefit_rank <= dealt.benefit_units_left then 1 else 0 end"
                )
            }} as benefit_share
        from dealt
        inner join key_results on dealt.key_result_id = key_results.key_result_id
    )

select *
from shared
