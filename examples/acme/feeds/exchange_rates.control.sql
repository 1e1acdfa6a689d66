select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.exchange_rates
union all
select 'sum(rate_to_reporting)', sum(rate_to_reporting::decimal(28, 10))
from raw.exchange_rates
