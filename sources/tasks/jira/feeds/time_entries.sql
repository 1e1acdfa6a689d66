with
    worklogs as (
        -- a worklog that changed while it was read comes twice: the later record is the newer one
        select *, row_number() over (partition by id order by _record desc) as nth from raw.worklogs
    )
select
    getvariable('source') || ':' || id as time_entry_id,
    getvariable('source') || ':' || issueid as work_item_id,
    (author ->> '$.accountId') as person_id,
    left(started, 10) as work_date,
    timespentseconds::decimal / 3600 as hours,
    case when nth > 1 then 'merged' when timespentseconds::bigint = 0 then 'no time' end as _excluded,
    _file,
    _record
from worklogs
