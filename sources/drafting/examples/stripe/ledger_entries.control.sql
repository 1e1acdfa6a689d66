select 'count(distinct _record)' as measure, count(*) as expected
from raw.stripe
union all
select '-sum(amount)', sum(net::decimal(28, 10))
from raw.stripe
