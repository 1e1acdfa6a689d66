-- labels of issues that `statuses` doesn't name
with
    issues as (
        select record
        from raw.issues
        qualify row_number() over (partition by record ->> '$.id' order by _record desc) = 1
    ),
    labels as (select unnest(from_json(record -> 'labels', '["varchar"]')) as name from issues)
select 'statuses' as setting, name, count(*) as occurrences
from labels
where getvariable('statuses')[name] is null
group by name
