-- Whole work is counted once, under the objective with the largest share of its cost, the first by key in a tie.
{{ config(meta={"dagster": {"ref": {"name": "fct_deliverables"}}}) }}

with
    objectives_per_deliverable as (
        select
            deliverable_key,
            max_by(objective_key, row(cost_share, - objective_key)) as objective_key,
            max_by(objective_key, is_main) as main_objective_key,
            count(*) filter (is_main) as mains
        from {{ ref("msr_deliverable_objectives") }}
        group by deliverable_key
    )

select *
from objectives_per_deliverable
where mains <> 1 or main_objective_key <> objective_key
