select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.journal
union all
select 'sum(amount)', sum(debit::decimal(28, 10)) - sum(credit::decimal(28, 10))
from raw.journal
union all
select 'count(*) filter (where amount < 0)', count(*) filter (where credit <> '0.00')
from raw.journal
union all
select 'count(work_item_id)', count(ticket)
from raw.journal
