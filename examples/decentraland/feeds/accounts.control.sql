with
    tags as (
        select "Type", "Tag"
        from raw.transactions_2020
        union
        select "Type", "Tag"
        from raw.transactions_2024
        union
        select "Type", "Tag"
        from raw.transactions_2026
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
    )

select *
from figures
