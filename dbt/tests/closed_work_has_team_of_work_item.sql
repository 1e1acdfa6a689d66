-- Closed work without a team, or with one that nobody knows, must not be put under a team that has not arrived.
{{ config(meta={"dagster": {"ref": {"name": "msr_closed_work"}}}) }}

select work_items.work_item_id, work_items.team_id, closed.team_key, closed.current_team_key
from {{ ref("msr_closed_work") }} as closed
inner join
    {{ ref("stg_work_items") }} as work_items on closed.work_item_key = {{ surrogate_key(["work_items.work_item_id"]) }}
where
    (closed.team_key = -2) <> (work_items.team_id is null)
    or (closed.current_team_key = -2) <> (work_items.team_id is null)
    or (closed.team_key = -1) <> coalesce(lower(work_items.team_id) = 'unknown', false)
    or (closed.current_team_key = -1) <> coalesce(lower(work_items.team_id) = 'unknown', false)
