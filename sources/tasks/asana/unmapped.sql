-- sections that `statuses` doesn't name, so that open work in them is to do, and custom fields that aren't read
with
    tasks as (select * from raw.tasks qualify row_number() over (partition by gid order by _record desc) = 1),
    sections as (select memberships ->> '$[0].section.name' as name from tasks where completed <> 'true'),
    fields as (select unnest(from_json(custom_fields, '["json"]')) ->> '$.name' as name from tasks)
select 'statuses' as setting, name, count(*) as occurrences
from sections
where name is not null and getvariable('statuses')[name] is null
group by name
union all
select 'custom fields', name, count(*)
from fields
where name is distinct from getvariable('estimate')
group by name
