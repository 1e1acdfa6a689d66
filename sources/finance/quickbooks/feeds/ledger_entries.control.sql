with
    cells as (
        select nullif("row" ->> '$.debt_amt.value', '') as debit, nullif("row" ->> '$.credit_amt.value', '') as credit
        from raw.postings
        where nullif("row" ->> '$.txn_type.value', '') is not null
    )
select
    'sum(amount)' as measure,
    coalesce(sum(debit::decimal(28, 10)), 0) - coalesce(sum(credit::decimal(28, 10)), 0) as expected
from cells
union all
select
    'sum(abs(amount))' as measure,
    coalesce(sum(abs(debit::decimal(28, 10))), 0) + coalesce(sum(abs(credit::decimal(28, 10))), 0) as expected
from cells
where debit is null or credit is null
