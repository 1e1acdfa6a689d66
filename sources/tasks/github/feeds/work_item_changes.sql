with
    records as (
        -- read once: each further look into a JSON text parses it again
        select from_json(record, '{"id": "VARCHAR", "event": "VARCHAR", "assignee": {"login": "VARCHAR"},
                "label": {"name": "VARCHAR"}, "milestone": {"title": "VARCHAR"}, "state_reason": "VARCHAR",
                "issue": {"id": "VARCHAR"}, "created_at": "VARCHAR", "rename": {"from": "VARCHAR", "to": "VARCHAR"},
                "actor": {"login": "VARCHAR"}}') as entry, _file, _record from raw.events
    ),
    events as (
        select
            *,
            entry.id as id,
            entry.event as event,
            row_number() over (partition by entry.id order by _record desc) as nth
        from records
    ),
    changes as (
        select
            *,
            case
                when event in ('closed', 'reopened')
                then 'status'
                when event in ('assigned', 'unassigned')
                then 'assignee'
                when event in ('labeled', 'unlabeled')
                then 'label'
                when event in ('milestoned', 'demilestoned')
                then 'milestone'
                when event = 'renamed'
                then 'title'
            end as field,
            -- what was set or taken away
            coalesce(entry.assignee.login, entry.label.name, entry.milestone.title) as member,
            entry.state_reason in ('not_planned', 'duplicate') as is_cancelled
        from events
    )
select
    getvariable('source') || ':' || entry.issue.id as work_item_id,
    field,
    entry.created_at as changed_at,
    row_number() over (partition by entry.issue.id, field, entry.created_at, nth order by id::bigint) - 1 as change_seq,
    case
        when event = 'closed'
        then 'open'
        when event = 'reopened'
        then 'closed'
        when event = 'renamed'
        then entry.rename."from"
        when event in ('unassigned', 'unlabeled', 'demilestoned')
        then member
    end as from_value,
    case
        when event = 'closed'
        then 'closed'
        when event = 'reopened'
        then 'open'
        when event = 'renamed'
        then entry.rename."to"
        when event in ('assigned', 'labeled', 'milestoned')
        then member
    end as to_value,
    case event when 'closed' then 'to_do' when 'reopened' then 'done' end as from_category,
    case
        when event = 'reopened'
        then 'to_do'
        when event = 'closed' and is_cancelled
        then 'cancelled'
        when event = 'closed'
        then 'done'
    end as to_category,
    entry.actor.login as changed_by,
    case
        when nth > 1
        then 'merged'
        when field is null
        then 'no change of a field'
        when entry.issue.id is null
        then 'of a deleted issue'
    end as _excluded,
    _file,
    _record
from changes
