with
    conversations as (
        -- a conversation that changed while it was read comes twice: the later record is the newer one
        select *, row_number() over (partition by id order by _record desc) as nth from raw.conversations
    )
select
    getvariable('source') || ':' || id as ticket_id,
    to_timestamp(created_at::bigint) as opened_at,
    to_timestamp((statistics ->> '$.first_admin_reply_at')::bigint) as first_response_at,
    case when state = 'closed' then to_timestamp((statistics ->> '$.last_close_at')::bigint) end as solved_at,
    coalesce((statistics ->> '$.count_reopens')::bigint, 0) > 0 as reopened,
    priority as severity,
    source ->> '$.type' as channel,
    case
        when nth > 1
        then 'merged'
        when coalesce(source ->> '$.delivered_as', 'customer_initiated') <> 'customer_initiated'
        then 'not begun by a customer'
    end as _excluded,
    _file,
    _record
from conversations
