-- Work whose status was unknown when it could have been reopened must not count as done right the first time.
{{ config(meta={"dagster": {"ref": {"name": "fct_deliverables"}}}) }}

with
    states as (select * from {{ ref("int_work_item_states") }}),

    unknown_states as (
        select
            states.work_item_id,
            states.from_at,
            states.to_at,
            max(earlier.from_at) as previous_from_at,
            max_by(earlier.status_category, earlier.from_at) as previous_category
        from states
        left join states as earlier on states.work_item_id = earlier.work_item_id and states.from_at > earlier.from_at
        where states.status_category = 'unknown'
        group by states.work_item_id, states.from_at, states.to_at
    ),

    -- a work item that begins with an unknown status was never done before, unless a change led there
    unclear_states as (
        select unknown_states.work_item_id
        from unknown_states
        left join
            {{ ref("int_work_item_statuses") }} as statuses
            on unknown_states.work_item_id = statuses.work_item_id
            and statuses.status_category = 'unknown'
            and statuses.step >= 0
            and statuses.from_at >= unknown_states.from_at
            and statuses.from_at < unknown_states.to_at
        where
            (unknown_states.previous_category is not null or statuses.work_item_id is not null)
            and not coalesce(
                unknown_states.previous_category = 'done'
                and unknown_states.from_at > unknown_states.previous_from_at + interval 30 day,
                false
            )
    )

select work_item_id, is_rework_known
from {{ ref("fct_deliverables") }}
where is_rework_known <> (work_item_id not in (select work_item_id from unclear_states))
