with
    stories as (
        select
            *,
            record ->> '$.gid' as gid,
            record ->> '$.resource_subtype' as subtype,
            record ->> '$.created_at' as changed_at,
            row_number() over (partition by record ->> '$.gid' order by _record desc) as copy
        from raw.stories
    ),
    changes as (
        select
            *,
            case
                when subtype in ('marked_complete', 'marked_incomplete', 'section_changed')
                then 'status'
                when subtype in ('assigned', 'unassigned')
                then 'assignee'
                when subtype = 'due_date_changed'
                then 'due_date'
            end as field,
            case
                subtype
                when 'marked_complete'
                then 'completed'
                when 'marked_incomplete'
                then 'incomplete'
                when 'section_changed'
                then record ->> '$.new_section.name'
                when 'assigned'
                then record ->> '$.assignee.gid'
                when 'due_date_changed'
                then record ->> '$.new_dates.due_on'
            end as value,
            case
                subtype
                when 'marked_complete'
                then 'done'
                when 'marked_incomplete'
                then 'to_do'
                when 'section_changed'
                then coalesce(getvariable('statuses')[record ->> '$.new_section.name'], 'to_do')
            end as category
        from stories
    )
select
    getvariable('source') || ':' || task as work_item_id,
    field,
    changed_at,
    row_number() over (partition by task, field, changed_at, copy order by gid::bigint) - 1 as change_seq,
    case
        when subtype = 'due_date_changed'
        then record ->> '$.old_dates.due_on'
        when subtype = 'section_changed'
        then record ->> '$.old_section.name'
        else lag(value, 1, case when field = 'status' then 'incomplete' end) over moves
    end as from_value,
    value as to_value,
    case
        when subtype = 'section_changed'
        then coalesce(getvariable('statuses')[record ->> '$.old_section.name'], 'to_do')
        when field = 'status'
        then lag(category, 1, 'to_do') over moves
    end as from_category,
    category as to_category,
    record ->> '$.created_by.gid' as changed_by,
    case when copy > 1 then 'merged' when field is null then 'no change of a field' end as _excluded,
    _file,
    _record
from changes
window moves as (partition by task, field, copy order by changed_at::timestamptz, gid::bigint)
