-- Work on a deliverable counts from its commitment to its delivery: without both, or the wrong way round, there is
-- none.
{{ config(meta={"dagster": {"ref": {"name": "fct_deliverables"}}}) }}

select work_item_id, committed_at, delivery_date, lead_time_days, active_days
from {{ ref("fct_deliverables") }}
where active_days is not null and (not coalesce(lead_time_days > 0, false) or active_days > lead_time_days + 1e-9)
