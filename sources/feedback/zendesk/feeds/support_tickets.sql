with
    tickets as (
        -- a ticket that changed while it was read comes twice: the later record is the newer one
        select *, row_number() over (partition by id order by _record desc) as nth from raw.tickets
    )
select
    getvariable('source') || ':' || id as ticket_id,
    getvariable('source') || ':' || organization_id as customer_id,
    created_at as opened_at,
    created_at::timestamptz
    + to_minutes((metric_set ->> '$.reply_time_in_minutes.calendar')::bigint) as first_response_at,
    metric_set ->> '$.solved_at' as solved_at,
    (metric_set ->> '$.reopens')::bigint > 0 as reopened,
    priority as severity,
    via ->> '$.channel' as channel,
    case when nth > 1 then 'merged' when status = 'deleted' then 'deleted' end as _excluded,
    _file,
    _record
from tickets
