with
    texts as (
        select issues.id as issue_id, history.text, issues._file, issues._record
        from raw.issues as issues
        left join lateral(select unnest(from_json(issues.history -> '$.nodes', '["json"]')) as text) as history on true
        union all by name
        select issue as issue_id, record::json as text, _file, _record
        from raw.changes
    ),
    entries as (
        -- read once: each further look into a JSON text parses it again
        select issue_id, from_json(text, '{"id": "VARCHAR", "createdAt": "VARCHAR", "actorId": "VARCHAR",
                "fromState": {"name": "VARCHAR", "type": "VARCHAR"}, "toState": {"name": "VARCHAR", "type": "VARCHAR"},
                "fromAssigneeId": "VARCHAR", "toAssigneeId": "VARCHAR", "fromDueDate": "VARCHAR",
                "toDueDate": "VARCHAR", "fromEstimate": "VARCHAR", "toEstimate": "VARCHAR", "fromProjectId": "VARCHAR",
                "toProjectId": "VARCHAR", "fromTeamId": "VARCHAR", "toTeamId": "VARCHAR", "fromParentId": "VARCHAR",
                "toParentId": "VARCHAR"}') as entry, _file, _record from texts
    ),
    changes as (
        select
            *,
            -- an issue that changed while it was read brings its history twice
            row_number() over (partition by issue_id, entry.id order by _record desc) as copy,
            list_filter(
                [
                    {'field':'status', 'from_value':entry.fromstate.name, 'to_value':entry.tostate.name},
                    {'field':'assignee', 'from_value':entry.fromassigneeid, 'to_value':entry.toassigneeid},
                    {'field':'due_date', 'from_value':entry.fromduedate, 'to_value':entry.toduedate},
                    {'field':'estimate_points', 'from_value':entry.fromestimate, 'to_value':entry.toestimate},
                    {'field':'project', 'from_value':entry.fromprojectid, 'to_value':entry.toprojectid},
                    {'field':'team', 'from_value':entry.fromteamid, 'to_value':entry.toteamid},
                    {'field':'parent', 'from_value':entry.fromparentid, 'to_value':entry.toparentid}
                ],
                m -> m.from_value is distinct from m.to_value
            ) as members
        from entries
    ),
    members as (
        select changes.*, change.member
        from changes
        left join lateral(select unnest(changes.members) as member) as change on true
    )
select
    getvariable('source') || ':' || issue_id as work_item_id,
    member.field as field,
    entry.createdat as changed_at,
    row_number() over (partition by issue_id, member.field, entry.createdat, copy order by entry.id) - 1 as change_seq,
    member.from_value as from_value,
    member.to_value as to_value,
    case
        when member.field = 'status'
        then coalesce(getvariable('statuses')[member.from_value], getvariable('categories')[entry.fromstate.type])
    end as from_category,
    case
        when member.field = 'status'
        then coalesce(getvariable('statuses')[member.to_value], getvariable('categories')[entry.tostate.type])
    end as to_category,
    entry.actorid as changed_by,
    case when entry is null or member is null then 'no change of a field' when copy > 1 then 'merged' end as _excluded,
    _file,
    _record
from members
