with
    progress as (select * from {{ ref("fct_key_result_progress") }} where is_now),

    key_results as (select * from {{ ref("dim_key_result") }}),

    outcome_scores as (
        select
            progress.objective_key,
            progress.score_status = 'measured' as is_measured,
            cast(
                case when progress.score_status = 'measured' then progress.clamped_score end as decimal(14, 12)
            ) as score
        from progress
        inner join key_results on progress.current_key_result_key = key_results.key_result_key
        where key_results.is_outcome
    ),

    objective_scores as (
        select
            objective_key,
            count(*) as outcome_key_results,
            count(*) filter (is_measured) as outcome_key_results_measured,
            -- the sum is exact, so a mean that lies half way between two decimals is rounded the same on every engine
            cast(cast(sum(score) as double) / count(score) as decimal(14, 12)) as objective_score
        from outcome_scores
        where objective_key > 0
        group by objective_key
    )

select
    *,
    case
        when outcome_key_results_measured = 0
        then 'not_measured'
        when outcome_key_results_measured < outcome_key_results
        then 'incomplete'
        else 'measured'
    end as objective_score_status
from objective_scores
