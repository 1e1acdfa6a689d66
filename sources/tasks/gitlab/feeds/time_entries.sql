with timelogs as (select *, row_number() over (partition by id order by _record desc) as nth from raw.timelogs)
select
    -- ids are as gid://gitlab/Issue/23
    getvariable('source') || ':' || regexp_extract(id, '\d+$') as time_entry_id,
    getvariable('source') || ':' || regexp_extract(issue ->> '$.id', '\d+$') as work_item_id,
    regexp_extract("user" ->> '$.id', '\d+$') as person_id,
    left(spentat, 10) as work_date,
    timespent::decimal(18, 4) / 3600 as hours,
    case
        when nth > 1
        then 'merged'
        when (issue ->> '$.id') is null
        then 'of a merge request'
        when timespent::bigint <= 0
        then 'time taken back'
    end as _excluded,
    _file,
    _record
from timelogs
