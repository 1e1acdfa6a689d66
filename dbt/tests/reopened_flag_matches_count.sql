-- The flag, the count of all reopenings and that of the first 30 days must agree.
{{ config(meta={"dagster": {"ref": {"name": "fct_deliverables"}}}) }}

select work_item_id, is_reopened, reopened_count, reopened_within_30_days_count
from {{ ref("fct_deliverables") }}
where is_reopened <> (reopened_count >= 1) or reopened_within_30_days_count > reopened_count or reopened_count < 0
