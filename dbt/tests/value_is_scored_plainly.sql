-- How far work moved its goals is the heart of the page: each score is worked out again, from links, readings and
-- weights.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    shown as (select * from {{ ref("value_realization") }}),

    outcomes as (select * from {{ ref("stg_key_results") }} where kind = 'outcome'),

    bridge as (
        select
            links.deliverable_key,
            links.key_result_id,
            links.cost_share,
            links.evidence_level = 'direct' as is_direct,
            deliverables.current_initiative_key as initiative_key
        from {{ ref("bridge_deliverable_key_result") }} as links
        inner join {{ ref("fct_deliverables") }} as deliverables on links.deliverable_key = deliverables.deliverable_key
    ),

    initiatives as (
        select
            members.initiative_key,
            members.initiative_id,
            members.objective_id,
            least(coalesce(shown.delivery_date, settings.as_of_date), settings.as_of_date) as linked_date
        from shown
        cross join settings
        inner join
            {{ ref("dim_initiative") }} as members
            on shown.level = 'initiative'
            and shown.entity_key = members.initiative_key
    ),

    -- one row for each reason why a goal is one of this work; its weight is that of its deliverables
    reasons as (
        select 'deliverable' as level, deliverable_key as entity_key, key_result_id, cost_share, is_direct
        from bridge
        union all
        select 'initiative' as level, initiative_key as entity_key, key_result_id, cost_share, is_direct
        from bridge
        union all
        select
            'initiative' as level,
            initiatives.initiative_key as entity_key,
            links.key_result_id,
            0 as cost_share,
            true as is_direct
        from initiatives
        inner join {{ ref("stg_outcome_links") }} as links on initiatives.initiative_id = links.initiative_id
        where
            (links.valid_from is null or links.valid_from <= initiatives.linked_date)
            and (links.valid_to is null or links.valid_to > initiatives.linked_date)
        union all
        select
            'initiative' as level,
            initiatives.initiative_key as entity_key,
            outcomes.key_result_id,
            0 as cost_share,
            false as is_direct
        from initiatives
        inner join outcomes on initiatives.objective_id = outcomes.objective_id
    ),

    goals as (
        select
            reasons.level,
            reasons.entity_key,
            reasons.key_result_id,
            coalesce(nullif(sum(reasons.cost_share), 0), 1) as weight,
            max(if(reasons.is_direct, 1, 0)) as is_direct,
            any_value(shown.delivery_date) as delivery_date,
            least(
                any_value(settings.as_of_date), greatest(max(terms.counted_due_date), any_value(shown.judged_from_date))
            ) as last_date
        from reasons
        cross join settings
        inner join outcomes on reasons.key_result_id = outcomes.key_result_id
        inner join shown on reasons.level = shown.level and reasons.entity_key = shown.entity_key
        inner join
            {{ ref("dim_key_result") }} as terms on reasons.key_result_id = terms.key_result_id and terms.is_latest
        group by all
    ),

    read as (
        select
            goals.level,
            goals.entity_key,
            goals.key_result_id,
            goals.weight,
            goals.is_direct,
            max_by(readings.raw_score, readings.read_at) filter (
                readings.read_date <= goals.delivery_date
            ) as score_at_delivery,
            last(readings.raw_score order by readings.read_at) filter (
                readings.read_date > goals.delivery_date and readings.read_date <= goals.last_date
            ) as last_score,
            min(readings.read_date) filter (
                readings.read_date > goals.delivery_date and readings.read_date <= goals.last_date
            ) as first_read_date
        from goals
        left join {{ ref("int_key_result_readings") }} as readings on goals.key_result_id = readings.key_result_id
        group by all
    ),

    reasoned as (
        select
            read.*,
            case
                when first_read_date is null
                then 'no reading of its key results since delivery'
                when last_score is null
                then 'the movement of its key results lies within noise'
                when score_at_delivery >= success_band_good and last_score <= score_at_delivery
                then 'its key results were reached before delivery'
            end as silence,
            if(silence is null, weight, 0) as usable_weight,
            usable_weight * greatest(-1, least(1, last_score)) as weighted_score
        from read
        cross join settings
    ),

    expected as (
        select
            level,
            entity_key,
            count(*) as key_results,
            count(*) - count(silence) as usable,
            min(first_read_date) as first_measured_date,
            min(silence) as silence,
            max(is_direct) = 1 as is_direct,
            coalesce(max(is_direct) filter (silence is null), 0) = 1 as is_scored_directly,
            case
                when sum(usable_weight) > 0 and 2 * sum(usable_weight) >= sum(weight)
                then sum(weighted_score) / cast(sum(usable_weight) as double)
            end as score
        from reasoned
        group by level, entity_key
    )

select
    shown.level, shown.entity_id, shown.outcome_score, expected.score, shown.outcome_key_results, expected.key_results
from shown
left join expected on shown.level = expected.level and shown.entity_key = expected.entity_key
where
    shown.outcome_key_results <> coalesce(expected.key_results, 0)
    or shown.outcome_key_results_usable <> coalesce(expected.usable, 0)
    or abs(coalesce(shown.outcome_score, -99) - coalesce(expected.score, -99)) > 1e-9
    or shown.evidence_level
    is distinct from case when expected.key_results > 0 then if(expected.is_direct, 'direct', 'inherited') end
    or shown.has_direct_score <> coalesce(expected.is_scored_directly, false)
    or shown.first_measured_date is distinct from expected.first_measured_date
    or (
        shown.value_status = 'unmeasured'
        and shown.delivery_date is not null
        and shown.outcome_key_results > 0
        and shown.value_status_reason <> if(
            shown.outcome_key_results_usable > 0,
            'under half of its key results by weight can be judged',
            expected.silence
        )
    )
