with
    transfers as (
        select *
        from raw.transactions_2020
        union all by name
        select *
        from raw.transactions_2024
        union all by name
        select *
        from raw.transactions_2026
    ),

    expenses as (select * from raw.financials),

    vestings as (select * from raw.vestings),

    tagged as (
        select
            lower("Type") || ':' || trim(regexp_replace(lower("Tag"), '[^a-z0-9]+', '_', 'g'), '_') as account_code,
            concat("Type"[:1], lower("Type"[2:]), ': ', "Tag") as account_name,
            case
                when "Type" = 'INTERNAL' or "Tag" = 'Swap'
                then 'transfer'
                -- what comes in from the DAO's own vesting contract is its endowment
                when "Type" = 'IN' and "Tag" = 'Vesting Contract'
                then 'transfer'
                when "Type" = 'OUT'
                then 'cost'
                when
                    "Tag" in (
                        'Curation Fee',
                        'ESTATE fee :: BID',
                        'ETH Marketplace',
                        'LAND fee :: BID',
                        'Land Rental Fee',
                        'MATIC Marketplace',
                        'NAME fee :: BID',
                        'NAME fee :: MINT',
                        'OpenSea',
                        'Wearable L1 fee :: BID'
                    )
                then 'revenue'
                else 'other'
            end as account_type,
            "Tag" as category,
            _file,
            _record
        from transfers
    ),

    reported as (
        select
            'expense:'
            || trim(regexp_replace(lower("Financial category"), '[^a-z0-9]+', '_', 'g'), '_') as account_code,
            'Reported by a project: ' || "Financial category" as account_name,
            'other' as account_type,
            "Financial category" as category,
            _file,
            _record
        from expenses
    ),

    -- the accounts that a tag doesn't name, each known from the list of contracts
    contracts as (
        select
            unnest(
                [
                    {
                        'account_code':'vesting:release',
                        'account_name':'Released by a vesting contract',
                        'account_type':'cost',
                        'category':'Vesting'
                    },
                    {
                        'account_code':'out:contract_funding',
                        'account_name':'Out: funding of a vesting contract',
                        'account_type':'transfer',
                        'category':null
                    },
                    {
                        'account_code':'in:contract_funding',
                        'account_name':'In: funding returned by a vesting contract',
                        'account_type':'transfer',
                        'category':null
                    },
                    {
                        'account_code':'in:returned_payment',
                        'account_name':'In: payment returned by its payee',
                        'account_type':'cost',
                        'category':'OTHER'
                    }
                ],
                recursive := true
            ),
            _file,
            _record
        from vestings
    ),

    named as (
        select *
        from tagged
        union all
        select *
        from reported
        union all
        select *
        from contracts
    ),

    ranked as (select *, row_number() over (partition by account_code order by _file, _record) as nth from named),

    accounts as (
        select
            account_code,
            account_name,
            account_type,
            case when account_type = 'cost' then category end as cost_category,
            false as is_capital,
            _file,
            _record,
            case when nth > 1 then 'merged' end as _excluded
        from ranked
    )

select *
from accounts
