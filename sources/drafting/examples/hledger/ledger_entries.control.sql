with postings as (select * from raw.hledger where account not like '(%' and account not like '[%')
select 'count(*)' as measure, count(*) as expected
from postings
union all
select
    'sum(amount)',
    coalesce(sum(replace(debit, ',', '.')::decimal(28, 10)), 0)
    - coalesce(sum(replace(credit, ',', '.')::decimal(28, 10)), 0)
from postings
