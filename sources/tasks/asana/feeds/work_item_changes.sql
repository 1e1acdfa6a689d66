with
    records as (
        -- read once: each further look into a JSON text parses it again
        select task, from_json(record, '{"gid": "VARCHAR", "resource_subtype": "VARCHAR", "created_at": "VARCHAR",
                "created_by": {"gid": "VARCHAR"}, "assignee": {"gid": "VARCHAR"}, "new_section": {"name": "VARCHAR"},
                "old_section": {"name": "VARCHAR"}, "new_dates": {"due_on": "VARCHAR"},
                "old_dates": {"due_on": "VARCHAR"}}') as story, _file, _record from raw.stories
    ),
    stories as (
        select
            *,
            story.gid as gid,
            story.resource_subtype as subtype,
            story.created_at as changed_at,
            row_number() over (partition by story.gid order by _record desc) as copy
        from records
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
                then story.new_section.name
                when 'assigned'
                then story.assignee.gid
                when 'due_date_changed'
                then story.new_dates.due_on
            end as value,
            case
                subtype
                when 'marked_complete'
                then 'done'
                when 'marked_incomplete'
                then 'to_do'
                when 'section_changed'
                then coalesce(getvariable('statuses')[story.new_section.name], 'to_do')
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
        then story.old_dates.due_on
        when subtype = 'section_changed'
        then story.old_section.name
        else lag(value, 1, case when field = 'status' then 'incomplete' end) over moves
    end as from_value,
    value as to_value,
    case
        when subtype = 'section_changed'
        then coalesce(getvariable('statuses')[story.old_section.name], 'to_do')
        when field = 'status'
        then lag(category, 1, 'to_do') over moves
    end as from_category,
    category as to_category,
    story.created_by.gid as changed_by,
    case when copy > 1 then 'merged' when field is null then 'no change of a field' end as _excluded,
    _file,
    _record
from changes
window moves as (partition by task, field, copy order by changed_at::timestamptz, gid::bigint)
