with
    transactions as (
        select
            *,
            -- the smallest units of a currency in one of it; Stripe counts in hundredths, also for ISK and UGX
            case
                when
                    upper(currency) in (
                        'BIF',
                        'CLP',
                        'DJF',
                        'GNF',
                        'JPY',
                        'KMF',
                        'KRW',
                        'MGA',
                        'PYG',
                        'RWF',
                        'VND',
                        'VUV',
                        'XAF',
                        'XOF',
                        'XPF'
                    )
                then 1::decimal(4, 3)
                when upper(currency) in ('BHD', 'JOD', 'KWD', 'OMR', 'TND')
                then 0.001::decimal(4, 3)
                else 0.01::decimal(4, 3)
            end as unit,
            row_number() over (partition by id order by _record desc) as nth
        from raw.balance_transactions
    ),
    entries as (
        -- a debit is positive: what comes in is negative, and a fee is a cost
        select *, id as entry_id, reporting_category as account, - amount::decimal(24, 0) * unit as value
        from transactions
        union all by name
        select *, id || ':fee' as entry_id, 'stripe_fee' as account, fee::decimal(24, 0) * unit as value
        from transactions
        where fee::decimal(24, 0) <> 0
    )
select
    getvariable('source') || ':' || entry_id as ledger_entry_id,
    to_timestamp(created::bigint)::date as posted_date,
    getvariable('source') || ':' || account as account_code,
    value as amount,
    upper(currency) as currency,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from entries
