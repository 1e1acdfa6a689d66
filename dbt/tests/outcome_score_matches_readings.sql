-- How far work moved its goals is the heart of the page: each score is computed again from links, readings and weights.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    value_rows as (select * from {{ ref("value_realization") }}),

    outcome_goals as (select * from {{ ref("stg_key_results") }} where kind = 'outcome'),

    deliverable_links as (
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
            least(coalesce(value_rows.delivery_date, settings.as_of_date), settings.as_of_date) as linked_date
        from value_rows
        cross join settings
        inner join
            {{ ref("dim_initiative") }} as members
            on value_rows.level = 'initiative'
            and value_rows.entity_key = members.initiative_key
    ),

    -- one row for each reason why a goal is one of this work; its weight is that of its deliverables
    goal_reasons as (
        select 'deliverable' as level, deliverable_key as entity_key, key_result_id, cost_share, is_direct
        from deliverable_links
        union all
        select 'initiative' as level, initiative_key as entity_key, key_result_id, cost_share, is_direct
        from deliverable_links
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
            outcome_goals.key_result_id,
            0 as cost_share,
            false as is_direct
        from initiatives
        inner join outcome_goals on initiatives.objective_id = outcome_goals.objective_id
    ),

    goals as (
        select
            goal_reasons.level,
            goal_reasons.entity_key,
            goal_reasons.key_result_id,
            coalesce(nullif(sum(goal_reasons.cost_share), 0), 1) as weight,
            max(if(goal_reasons.is_direct, 1, 0)) as is_direct,
            any_value(terms.is_scorable) as is_scorable,
            any_value(value_rows.judged_delivery_date) as delivery_date,
            least(
                any_value(settings.as_of_date),
                greatest(max(terms.counted_due_date), any_value(value_rows.judged_from_date))
            ) as last_date
        from goal_reasons
        cross join settings
        inner join outcome_goals on goal_reasons.key_result_id = outcome_goals.key_result_id
        inner join
            value_rows on goal_reasons.level = value_rows.level and goal_reasons.entity_key = value_rows.entity_key
        inner join
            {{ ref("dim_key_result") }} as terms on goal_reasons.key_result_id = terms.key_result_id and terms.is_latest
        group by all
    ),

    scored_goals as (
        select
            goals.level,
            goals.entity_key,
            goals.key_result_id,
            goals.weight,
            goals.is_direct,
            goals.is_scorable,
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

    goals_with_reason as (
        select
            scored_goals.*,
            case
                when not is_scorable
                then 'its_key_results_lack_a_baseline_target_or_date'
                when first_read_date is null
                then 'no_reading_of_its_key_results_since_delivery'
                when last_score is null
                then 'the_movement_of_its_key_results_lies_within_noise'
                when score_at_delivery >= success_band_good and last_score <= score_at_delivery
                then 'its_key_results_were_reached_before_delivery'
            end as silence,
            if(silence is null, weight, 0) as usable_weight,
            usable_weight * greatest(-1, least(1, last_score)) as weighted_score
        from scored_goals
        cross join settings
    ),

    expected_scores as (
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
        from goals_with_reason
        group by level, entity_key
    )

select
    value_rows.level,
    value_rows.entity_id,
    value_rows.outcome_score,
    expected_scores.score,
    value_rows.outcome_key_results,
    expected_scores.key_results
from value_rows
left join
    expected_scores on value_rows.level = expected_scores.level and value_rows.entity_key = expected_scores.entity_key
where
    value_rows.outcome_key_results <> coalesce(expected_scores.key_results, 0)
    or value_rows.outcome_key_results_usable <> coalesce(expected_scores.usable, 0)
    or abs(coalesce(value_rows.outcome_score, -99) - coalesce(expected_scores.score, -99)) > 1e-9
    or value_rows.evidence_level is distinct from case
        when expected_scores.key_results > 0 then if(expected_scores.is_direct, 'direct', 'inherited')
    end
    or value_rows.has_direct_score <> coalesce(expected_scores.is_scored_directly, false)
    or value_rows.first_measured_date is distinct from expected_scores.first_measured_date
    or (
        value_rows.value_status = 'unmeasured'
        and value_rows.delivery_date is not null
        and value_rows.outcome_key_results > 0
        and value_rows.value_status_reason <> if(
            value_rows.outcome_key_results_usable > 0,
            'under_half_of_its_key_results_by_weight_can_be_judged',
            expected_scores.silence
        )
    )
