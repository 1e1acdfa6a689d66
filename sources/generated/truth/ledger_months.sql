-- one row per month, currency and account type: what the ledger holds in the end, each entry once
with
    entries as (select * from ledger),

    accounts as (select * from accounts),

    rates as (select * from rates),

    converted as (
        select
            date_trunc('month', entries.posted_date)::date as month,
            entries.currency,
            accounts.account_type,
            entries.amount,
            round(
                entries.amount
                * case when entries.currency = 'EUR' then 1::decimal(18, 5) else rates.rate_to_reporting end,
                4
            )::decimal(28, 4) as reporting_amount
        from entries
        inner join accounts on entries.account_code = accounts.account_code
        asof left join rates on entries.currency = rates.currency and entries.posted_date >= rates.rate_date
    )

select
    month,
    currency,
    account_type,
    count(*) as entries,
    sum(amount)::decimal(28, 2) as amount,
    sum(reporting_amount)::decimal(28, 4) as reporting_amount
from converted
group by month, currency, account_type
order by month, currency, account_type
