-- A key result that a join drops or doubles would change every count that people take from the scorecard.
{{ config(meta={"dagster": {"ref": {"name": "goal_scorecard"}}}) }}

with
    current_key_results as (select key_result_id from {{ ref("stg_key_results") }}),

    scorecard_rows as (
        select key_result_id, count(*) as shown_rows from {{ ref("goal_scorecard") }} group by key_result_id
    ),

    differences as (
        select
            coalesce(current_key_results.key_result_id, scorecard_rows.key_result_id) as key_result_id,
            scorecard_rows.shown_rows
        from current_key_results
        full outer join scorecard_rows on current_key_results.key_result_id = scorecard_rows.key_result_id
        where current_key_results.key_result_id is null or scorecard_rows.shown_rows is distinct from 1
    )

select *
from differences
