select 'count(*)' as measure, count(distinct id) + count(distinct id) filter (where fee::bigint <> 0) as expected
from raw.balance_transactions
