-- Work that came back once came back: the mark, the count of all times and that of the first 30 days tell one story.
{{ config(meta={"dagster": {"ref": {"name": "fct_deliverables"}}}) }}

select work_item_id, is_reopened, reopened_count, reopened_within_30_days_count
from {{ ref("fct_deliverables") }}
where is_reopened <> (reopened_count >= 1) or reopened_within_30_days_count > reopened_count or reopened_count < 0
