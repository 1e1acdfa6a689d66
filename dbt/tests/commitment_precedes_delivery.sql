-- A delivery before its commitment gives a negative lead time: a doubtful record, but no reason to publish nothing.
{{ config(severity="warn") }}

select work_item_id, committed_at, done_at, released_at, lead_time_days
from {{ ref("fct_deliverables") }}
where lead_time_days < 0
