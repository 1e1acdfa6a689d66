with
    accounts as (
        select reporting_category as account, _file, _record
        from raw.balance_transactions
        union all
        select 'stripe_fee' as account, _file, _record
        from raw.balance_transactions
        where fee::decimal(24, 0) <> 0
    )
select
    getvariable('source') || ':' || account as account_code,
    'Stripe: ' || replace(account, '_', ' ') as account_name,
    case
        when
            account in (
                'charge',
                'charge_failure',
                'refund',
                'refund_failure',
                'partial_capture_reversal',
                'dispute',
                'dispute_reversal'
            )
        then 'revenue'
        when account in ('stripe_fee', 'fee', 'network_cost')
        then 'cost'
        when account in ('payout', 'payout_reversal', 'transfer', 'transfer_reversal', 'topup', 'topup_reversal')
        then 'transfer'
        else 'other'
    end as account_type,
    case when account in ('stripe_fee', 'fee', 'network_cost') then 'payment fees' end as cost_category,
    case when row_number() over (partition by account order by _record) > 1 then 'merged' end as _excluded,
    _file,
    _record
from accounts
