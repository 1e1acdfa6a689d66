-- A key result dropped by a join, or doubled by one, would change every count that people take from the scorecard.
{{ config(meta={"dagster": {"ref": {"name": "goal_scorecard"}}}) }}

with
    standing as (select key_result_id from {{ ref("stg_key_results") }}),

    shown as (select key_result_id, count(*) as shown_rows from {{ ref("goal_scorecard") }} group by key_result_id),

    compared as (
        select coalesce(standing.key_result_id, shown.key_result_id) as key_result_id, shown.shown_rows
        from standing
        full outer join shown on standing.key_result_id = shown.key_result_id
        where standing.key_result_id is null or shown.shown_rows is distinct from 1
    )

select *
from compared
