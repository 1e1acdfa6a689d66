-- one row per cost entry: in euros at the posting day's rate, with what it belongs to
with
    ledger as (select * from ledger),

    accounts as (select * from accounts where account_type = 'cost'),

    rates as (select * from rates)

select
    ledger.account_code,
    ledger.product_k,
    ledger.belongs_to_initiative_id,
    round(
        ledger.amount * case when ledger.currency = 'EUR' then 1::decimal(18, 5) else rates.rate_to_reporting end, 4
    )::decimal(28, 4) as reporting_amount
from ledger
inner join accounts on ledger.account_code = accounts.account_code
asof left join rates on ledger.currency = rates.currency and ledger.posted_date >= rates.rate_date
