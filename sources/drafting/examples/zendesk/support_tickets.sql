-- Zendesk, data export of tickets as JSON; layout from general knowledge, not tested against the tool.
with
    tickets as (
        select
            *,
            try_cast(metric_set ->> '$.reply_time_in_minutes.calendar' as bigint) as reply_minutes,
            try_cast(metric_set ->> '$.reopens' as bigint) as reopens
        from raw.tickets
    )
select
    id as ticket_id,
    coalesce(organization_id, requester_id) as customer_id,
    created_at as opened_at,
    (try_cast(created_at as timestamptz) + to_minutes(reply_minutes))::varchar as first_response_at,
    metric_set ->> '$.solved_at' as solved_at,
    reopens > 0 as reopened,
    priority as severity,
    via ->> '$.channel' as channel,
    case when status = 'deleted' then 'deleted in Zendesk' end as _excluded,
    _file,
    _record
from tickets
