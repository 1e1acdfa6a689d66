with
    entries as (
        select issues.id as issue_id, history.entry, issues._file, issues._record
        from raw.issues as issues
        left join lateral(select unnest(from_json(issues.history -> '$.nodes', '["json"]')) as entry) as history on true
        union all by name
        select issue as issue_id, record::json as entry, _file, _record
        from raw.changes
    ),
    changes as (
        select
            *,
            -- an issue that changed while it was read brings its history twice
            row_number() over (partition by issue_id, entry ->> '$.id' order by _record desc) as copy,
            list_filter(
                [
                    {
                        'field':'status',
                        'from_value':entry ->> '$.fromState.name',
                        'to_value':entry ->> '$.toState.name'
                    },
                    {
                        'field':'assignee',
                        'from_value':entry ->> '$.fromAssigneeId',
                        'to_value':entry ->> '$.toAssigneeId'
                    },
                    {'field':'due_date', 'from_value':entry ->> '$.fromDueDate', 'to_value':entry ->> '$.toDueDate'},
                    {
                        'field':'estimate_points',
                        'from_value':entry ->> '$.fromEstimate',
                        'to_value':entry ->> '$.toEstimate'
                    },
                    {'field':'project', 'from_value':entry ->> '$.fromProjectId', 'to_value':entry ->> '$.toProjectId'},
                    {'field':'team', 'from_value':entry ->> '$.fromTeamId', 'to_value':entry ->> '$.toTeamId'},
                    {'field':'parent', 'from_value':entry ->> '$.fromParentId', 'to_value':entry ->> '$.toParentId'}
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
    entry ->> '$.createdAt' as changed_at,
    row_number() over (partition by issue_id, member.field, entry ->> '$.createdAt', copy order by entry ->> '$.id')
    - 1 as change_seq,
    member.from_value as from_value,
    member.to_value as to_value,
    case
        when member.field = 'status'
        then
            coalesce(
                getvariable('statuses')[member.from_value], getvariable('categories')[entry ->> '$.fromState.type']
            )
    end as from_category,
    case
        when member.field = 'status'
        then coalesce(getvariable('statuses')[member.to_value], getvariable('categories')[entry ->> '$.toState.type'])
    end as to_category,
    entry ->> '$.actorId' as changed_by,
    case when entry is null or member is null then 'no change of a field' when copy > 1 then 'merged' end as _excluded,
    _file,
    _record
from members
