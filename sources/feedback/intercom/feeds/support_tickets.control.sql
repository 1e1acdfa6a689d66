select 'count(*)' as measure, count(*) as expected
from
    (
        select id, arg_max(coalesce(source ->> '$.delivered_as', 'customer_initiated'), _record) as begun
        from raw.conversations
        group by id
    )
where begun = 'customer_initiated'
