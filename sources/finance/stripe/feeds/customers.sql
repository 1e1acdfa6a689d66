select
    getvariable('source') || ':' || id as customer_id,
    address ->> '$.country' as region,
    to_timestamp(created::bigint)::date as since_date,
    case when row_number() over (partition by id order by _record desc) > 1 then 'merged' end as _excluded,
    _file,
    _record
from raw.customers
