-- Of the key results that ran in the period: the share with all five letters, by the current rows.
with
    confidences as (
        select said.key_result_id, arg_min(confidence, checked_at) as confidence
        from feed.key_result_statements as said
        inner join feed.key_result_checkins as checkins on checkins.key_result_id = said.key_result_id
        cross join stage.landing.settings
        where confidence is not null and checked_at >= said_from and checked_at <= as_of_at
        group by all
    ),

    judged as (
        select
            goals.key_result_id,
            objectives.objective_id is not null
            and trim(goals.name) <> ''
            and lower(trim(goals.name)) <> lower(trim(objectives.name))
            -- measurable
            and (trim(coalesce(unit, '')) <> '' or metric_name is not null)
            -- achievable
            and coalesce(goals.owner_id, objectives.owner_id, objectives.team_id) is not null
            and coalesce(confidence, 1) >= 0.5
            and case
                when goal_type = 'hold'
                then
                    direction is not null
                    and (baseline_value = target_value or (baseline_value > target_value) = (direction = 'up'))
                else baseline_value <> target_value
            end
            -- relevant
            and (kind = 'outcome' or parents.objective_id is not null)
            -- time-bound
            and start_date < due_date
            and due_date between objectives.period_start and objectives.period_end as is_smart
        from feed.key_results as goals
        left join feed.objectives as objectives on objectives.objective_id = goals.objective_id
        left join feed.objectives as parents on parents.objective_id = objectives.parent_objective_id
        left join confidences on confidences.key_result_id = goals.key_result_id
    ),

    running as (
        select distinct
            grain,
            period_start,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', team]) as member_id,
            key_result_id,
            is_smart
        from feed.key_result_points as points
        inner join judged using (key_result_id)
        inner join feed.days as days using (day)
    )
select grain, period_start, dimension_name, member_id, count(*) filter (is_smart) / count(*) as value, count(*) as n
from running
group by all
