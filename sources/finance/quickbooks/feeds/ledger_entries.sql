with
    postings as (
        select
            *,
            account ->> '$.id' as account_id,
            "row" ->> '$.txn_type.value' as transaction_type,
            coalesce("row" ->> '$.txn_type.id', "row" ->> '$.tx_date.id') as transaction_id,
            ["row" ->> '$.klass_name.value', "row" ->> '$.dept_name.value'] as members,
            coalesce(try_cast(nullif("row" ->> '$.debt_amt.value', '') as decimal(28, 10)), 0)
            - coalesce(try_cast(nullif("row" ->> '$.credit_amt.value', '') as decimal(28, 10)), 0) as amount
        from raw.postings
    ),
    -- a line has no id of its own: it is the n-th of its transaction on its account
    numbered as (
        select *, row_number() over (partition by account_id, transaction_type, transaction_id order by _record) as nth
        from postings
    )
select
    getvariable('source')
    || ':'
    || concat_ws(':', account_id, replace(transaction_type, ' ', '-'), transaction_id, nth) as ledger_entry_id,
    "row" ->> '$.tx_date.value' as posted_date,
    getvariable('source') || ':' || account_id as account_code,
    amount,
    currency,
    coalesce(getvariable('teams')[members[1]], getvariable('teams')[members[2]]) as team_id,
    coalesce(getvariable('initiatives')[members[1]], getvariable('initiatives')[members[2]]) as initiative_id,
    coalesce(getvariable('products')[members[1]], getvariable('products')[members[2]]) as product_id,
    nullif("row" ->> '$.memo.value', '') as description,
    case when coalesce(transaction_type, '') = '' then 'a balance' when amount = 0 then 'no amount' end as _excluded,
    _file,
    _record
from numbered
