-- An objective's score is read beside its key results' scores: it is the mean of the measured outcomes.
{{ config(meta={"dagster": {"ref": {"name": "goal_scorecard"}}}) }}

with
    started_goals as (
        select * from {{ ref("goal_scorecard") }} where goal_status <> 'not_started' and objective_key > 0
    ),

    scores_per_objective as (
        select
            objective_key,
            avg(score) filter (is_outcome) as mean_score,
            count(*) filter (is_outcome and score is null) as unmeasured,
            min(objective_score) as least_score,
            max(objective_score) as greatest_score,
            min(objective_score_status) as objective_score_status
        from started_goals
        group by objective_key
    )

select *
from scores_per_objective
where
    least_score is distinct from greatest_score
    or abs(mean_score - greatest_score) > 0.000000001
    or (mean_score is null) <> (greatest_score is null)
    or objective_score_status
    is distinct from if(mean_score is null, 'not_measured', if(unmeasured = 0, 'measured', 'incomplete'))
