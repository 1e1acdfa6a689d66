select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.outcome_links
union all
select 'sum(weight)', sum(weight::decimal(28, 10))
from raw.outcome_links
