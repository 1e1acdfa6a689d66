with
    organizations as (select *, row_number() over (partition by id order by _record desc) as nth from raw.organizations)
select
    getvariable('source') || ':' || id as customer_id,
    left(created_at, 10) as since_date,
    case when nth > 1 then 'merged' when deleted_at is not null then 'deleted' end as _excluded,
    _file,
    _record
from organizations
