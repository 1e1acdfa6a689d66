-- lookup: issues
with
    cancelled as (
        select distinct record ->> '$.id' as issue_id
        from raw.issues
        where
            list_contains(
                list_transform(from_json(record -> 'labels', '["varchar"]'), name -> getvariable('statuses')[name]),
                'cancelled'
            )
    ),
    events as (
        select
            'state' as kind,
            id,
            resource_id as issue_id,
            created_at,
            user,
            state as value,
            null as removed,
            case
                when state <> 'closed' then 'to_do' when cancelled.issue_id is not null then 'cancelled' else 'done'
            end as category,
            state_events._file,
            state_events._record
        from raw.state_events as state_events
        left join cancelled on state_events.resource_id = cancelled.issue_id
        union all by name
        select
            'label' as kind,
            id,
            resource_id as issue_id,
            created_at,
            user,
            case when action = 'add' then label ->> '$.name' end as value,
            case when action <> 'add' then label ->> '$.name' end as removed,
            case when action = 'add' then getvariable('statuses')[label ->> '$.name'] end as category,
            _file,
            _record
        from raw.label_events
    ),
    changes as (
        select
            *,
            -- a label with a meaning moves the issue, as closing it does
            case when category is null then 'label' else 'status' end as field,
            row_number() over (partition by kind, id order by _record desc) as copy
        from events
    )
select
    getvariable('source') || ':' || issue_id as work_item_id,
    field,
    created_at as changed_at,
    row_number() over (partition by issue_id, field, created_at, copy order by kind, id::bigint) - 1 as change_seq,
    case when field = 'label' then removed else lag(value, 1, 'opened') over move end as from_value,
    value as to_value,
    case when field = 'status' then lag(category, 1, 'to_do') over move end as from_category,
    category as to_category,
    user ->> '$.id' as changed_by,
    case
        when copy > 1 then 'merged' when value is null and removed is null then 'of a label that is gone'
    end as _excluded,
    _file,
    _record
from changes
window move as (partition by issue_id, field, copy order by created_at::timestamptz, kind, id::bigint)
