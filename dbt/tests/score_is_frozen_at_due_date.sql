-- A goal is judged by what it had reached when it was due: a later reading must not move its score.
{{ config(meta={"dagster": {"ref": {"name": "fct_key_result_progress"}}}) }}

with
    final_rows as (select * from {{ ref("fct_key_result_progress") }} where is_final),

    scores_per_key_result as (
        select
            key_result_id,
            count(distinct coalesce(raw_score, -999)) as scores,
            max(value_date) as value_date,
            min(due_date) as due_date
        from final_rows
        group by key_result_id
    )

select *
from scores_per_key_result
where scores > 1 or value_date > due_date
