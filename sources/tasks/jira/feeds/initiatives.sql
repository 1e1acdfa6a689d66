with
    latest_records as (select id, max(_record) as latest_record from raw.issues group by id),
    issues as (
        select
            *,
            -- read once: each further look into a JSON text parses it again
            from_json(fields, '{"summary": "VARCHAR", "duedate": "VARCHAR", "resolution": {"name": "VARCHAR"},
                "project": {"key": "VARCHAR"}, "issuetype": {"hierarchyLevel": "VARCHAR"},
                "status": {"statusCategory": {"key": "VARCHAR"}}}') as field
        from raw.issues
    )
select
    getvariable('source') || ':' || issues.id as initiative_id,
    field.summary as name,
    case
        when
            lower(field.resolution.name) not in ('done', 'fixed', 'completed')
            and field.status.statuscategory.key = 'done'
        then 'cancelled'
        else
            case
                field.status.statuscategory.key
                when 'done'
                then 'done'
                when 'indeterminate'
                then 'active'
                else 'proposed'
            end
    end as stage,
    getvariable('source') || ':' || field.project.key as team_id,
    field.duedate as planned_end_date,
    case
        when _record < latest_record
        then 'merged'
        when field.issuetype.hierarchylevel is distinct from '1'
        then 'no epic'
    end as _excluded,
    _file,
    _record
from issues
left join latest_records on issues.id = latest_records.id
