-- A cent that can't be divided goes to the heaviest part, then to the first by id, so that every run gives the same.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

select scope, scope_id, month_start_date, deliverable_id, weight, precedence
from {{ ref("int_cost_weights") }}
qualify
    lead(row(- weight, deliverable_id)) over (partition by scope, scope_id, month_start_date order by precedence)
    <= row(- weight, deliverable_id)
