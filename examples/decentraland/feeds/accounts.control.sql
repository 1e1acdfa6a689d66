with
    transfers as (
        select "Type", "Tag", _file, _record
        from raw.transactions_2020
        union all
        select "Type", "Tag", _file, _record
        from raw.transactions_2024
        union all
        select "Type", "Tag", _file, _record
        from raw.transactions_2026
    ),

    tags as (select distinct "Type", "Tag" from transfers),

    first_transfers as (
        select arg_min(_record, row(_file, _record)) as first_record from transfers group by "Type", "Tag"
    ),

    first_expenses as (
        select arg_min(_record, row(_file, _record)) as first_record from raw.financials group by "Financial category"
    ),

    -- contract funding in and out, releases and returned payments have no tag of
    -- their own
    figures as (
        select
            'count(*)' as measure,
            (select count(*) from tags)
            + (select count(distinct "Financial category") from raw.financials)
            + 4 as expected
        union all
        select
            'count(distinct account_code)',
            (select count(*) from tags) + (select count(distinct "Financial category") from raw.financials) + 4
        union all
        select 'count(*) filter (where account_type = ''revenue'')', count(*)
        from tags
        where "Type" = 'IN' and "Tag" not in ('Swap', 'OTHER', 'Vesting Contract', 'DAO Committee Payment')
        union all
        select 'count(*) filter (where account_type = ''cost'' and account_code like ''out:%'')', count(*)
        from tags
        where "Type" = 'OUT' and "Tag" <> 'Swap'
        union all
        select
            'count(*) filter (where account_type = ''transfer'' and account_code in'
            || ' (''in:swap'', ''out:swap'', ''in:vesting_contract'', ''internal:other'','
            || ' ''in:contract_funding'', ''out:contract_funding''))',
            6
        union all
        select 'count(*) filter (where account_type = ''transfer'')', 6
        union all
        select
            'count(*) filter (where account_type = ''other'' and account_code like ''expense:%'')',
            count(distinct "Financial category")
        from raw.financials
        union all
        select 'count(*) filter (where account_type = ''other'' and account_code like ''in:%'')', count(*)
        from tags
        where "Type" = 'IN' and "Tag" in ('OTHER', 'DAO Committee Payment')
        union all
        select 'count(cost_category) - count(*) filter (where account_type = ''cost'')', 0
        union all
        -- each account as its first transaction or report writes it
        select
            'sum(_record) filter (where not starts_with(account_code, ''expense:'') and account_code not in'
            || ' (''vesting:release'', ''out:contract_funding'', ''in:contract_funding'', ''in:returned_payment''))',
            sum(first_record)
        from first_transfers
        union all
        select 'sum(_record) filter (where starts_with(account_code, ''expense:''))', sum(first_record)
        from first_expenses
    )

select *
from figures
