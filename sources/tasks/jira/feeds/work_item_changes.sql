-- lookup: statuses
with
    changelogs as (
        -- read once: each further look into a JSON text parses it again
        select
            issueid as issue_id,
            from_json(
                changehistories,
                '[{"id": "VARCHAR", "created": "VARCHAR", "author": {"accountId": "VARCHAR"}, "items": [{
                "field": "VARCHAR", "fieldId": "VARCHAR", "from": "VARCHAR", "fromString": "VARCHAR",
                "to": "VARCHAR", "toString": "VARCHAR"}]}]'
            ) as histories,
            _file,
            _record
        from raw.changelogs
    ),
    histories as (
        -- one without any still has a row
        select issue_id, unnest(case when len(histories) > 0 then histories else [null] end) as history, _file, _record
        from changelogs
    ),
    items as (
        select
            issue_id,
            history.id as history_id,
            history.created,
            history.author.accountid as changed_by,
            unnest(case when len(history.items) > 0 then history.items else [null] end) as item,
            generate_subscripts(case when len(history.items) > 0 then history.items else [null] end, 1) as nth,
            _file,
            _record
        from histories
    ),
    read_items as (
        select
            *,
            lower(coalesce(item.fieldid, item.field)) as field_id,
            coalesce(try_cast(created as timestamptz), to_timestamp(try_cast(created as bigint) / 1000)) as changed_at
        from items
    ),
    changes as materialized(
        select
            issue_id,
            history_id,
            nth,
            case
                field_id
                when 'duedate'
                then 'due_date'
                when getvariable('story_points')
                then 'estimate_points'
                when 'project'
                then 'team'
                else field_id
            end as field,
            changed_at,
            changed_by,
            item."from" as from_id,
            item."to" as to_id,
            item.fromstring as from_name,
            item.tostring as to_name,
            item is null as is_none,
            _file,
            _record
        from read_items
    ),
    -- a window over all changes would sort them; those of a field at one moment are few
    moments as (select issue_id, field, changed_at from changes group by all having count(*) > 1),
    at_one_moment as (
        select
            changes.issue_id,
            history_id,
            nth,
            changes.field,
            changes.changed_at,
            _record,
            -- an issue that moved while it was read brings its history twice
            row_number() over (partition by changes.issue_id, history_id, nth order by _record desc) as copy
        from changes
        inner join
            moments
            on changes.issue_id = moments.issue_id
            and changes.field is not distinct from moments.field
            and changes.changed_at is not distinct from moments.changed_at
    ),
    ranked as (
        select
            *,
            row_number() over (partition by issue_id, field, changed_at, copy order by history_id::bigint, nth) as rank
        from at_one_moment
    ),
    meanings as (select id, name, getvariable('categories')[statuscategory ->> '$.key'] as category from raw.statuses)
select
    getvariable('source') || ':' || changes.issue_id as work_item_id,
    changes.field,
    changes.changed_at,
    coalesce(ranked.rank, 1) - 1 as change_seq,
    case when changes.field in ('assignee', 'due_date') then nullif(from_id, '') else from_name end as from_value,
    case when changes.field in ('assignee', 'due_date') then nullif(to_id, '') else to_name end as to_value,
    case
        when changes.field = 'status' then coalesce(getvariable('statuses')[from_name], before.category)
    end as from_category,
    case
        when changes.field = 'status' then coalesce(getvariable('statuses')[to_name], after.category)
    end as to_category,
    changed_by,
    case when is_none then 'no change' when ranked.copy > 1 then 'merged' end as _excluded,
    changes._file,
    changes._record
from changes
left join
    ranked on changes._record = ranked._record and changes.history_id = ranked.history_id and changes.nth = ranked.nth
left join meanings as before on changes.field = 'status' and changes.from_id = before.id
left join meanings as after on changes.field = 'status' and changes.to_id = after.id
