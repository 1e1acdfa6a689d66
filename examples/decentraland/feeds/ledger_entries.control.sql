with
    raw_transfers as (
        select *
        from raw.transactions_2020
        union all by name
        select *
        from raw.transactions_2024
        union all by name
        select *
        from raw.transactions_2026
    ),

    transfers as (
        select
            "Type",
            "Tag",
            "Token",
            "Hash",
            "Date"::date as day,
            "Transfer From" as payer,
            "Transfer To" as payee,
            lower("Type") || ':' as direction,
            round("Amount"::decimal(38, 18), 10) as amount
        from raw_transfers
    ),

    -- of the transfers of one transaction the first in the file is number 1
    first_transfers as (
        select arg_min(_record, row(_file, _record)) as first_record from raw_transfers group by "Hash"
    ),

    vestings as (select * from raw.vestings),

    expenses as (select * from raw.financials),

    sums as (
        select direction, "Token", if("Type" = 'IN', - sum(amount), sum(amount)) as amount
        from transfers
        group by direction, "Token", "Type"
    ),

    -- named by hand: a tag that goes to the wrong account shows
    tags(way, label, account_code) as (
        values
            ('IN', 'Curation Fee', 'in:curation_fee'),
            ('IN', 'DAO Committee Payment', 'in:dao_committee_payment'),
            ('IN', 'ESTATE fee :: BID', 'in:estate_fee_bid'),
            ('IN', 'ETH Marketplace', 'in:eth_marketplace'),
            ('IN', 'LAND fee :: BID', 'in:land_fee_bid'),
            ('IN', 'Land Rental Fee', 'in:land_rental_fee'),
            ('IN', 'MATIC Marketplace', 'in:matic_marketplace'),
            ('IN', 'NAME fee :: BID', 'in:name_fee_bid'),
            ('IN', 'NAME fee :: MINT', 'in:name_fee_mint'),
            ('IN', 'OpenSea', 'in:opensea'),
            ('IN', 'Swap', 'in:swap'),
            ('IN', 'Vesting Contract', 'in:vesting_contract'),
            ('IN', 'Wearable L1 fee :: BID', 'in:wearable_l1_fee_bid'),
            ('INTERNAL', 'OTHER', 'internal:other'),
            ('OUT', 'Curator', 'out:curator'),
            ('OUT', 'DAO Committee Payment', 'out:dao_committee_payment'),
            ('OUT', 'Secondary Sale', 'out:secondary_sale'),
            ('OUT', 'Swap', 'out:swap')
    ),

    tagged as (
        select account_code, count(*) as entries, sum(epoch_ms(day)) as days
        from transfers
        join tags on "Type" = way and "Tag" = label
        group by account_code
    ),

    funding as (
        select *
        from transfers
        where
            payer in (select lower("Vesting Contract") from vestings)
            or payee in (select lower("Vesting Contract") from vestings)
    ),

    -- untagged money back, where all that was ever paid out untagged to its sender is
    -- one payment
    returned as (
        select back."Token", back.amount
        from transfers as back
        join
            transfers as paid
            on paid."Type" = 'OUT'
            and paid."Tag" = back."Tag"
            and paid.payee = back.payer
            and paid."Token" = back."Token"
        where back."Type" = 'IN' and back."Tag" = 'OTHER' and back.payer not in (select payer from funding)
        group by back."Token", back."Hash", back.amount
        having count(*) = 1 and min(paid.day) <= min(back.day)
    ),

    returned_tokens as (select "Token", - sum(amount) as amount from returned group by all),

    -- small grants were paid in MANA, the rest in DAI: the tier tells the same as the
    -- amounts do
    releases as (
        select
            if("Tier" in ('Tier 1', 'Tier 2', 'Tier 3', 'Lower Tier'), 'MANA', 'DAI') as token,
            sum(round("Vesting Released Amount"::decimal(38, 18), 10)) as amount
        from vestings
        join raw.projects using ("Proposal ID")
        group by all
    ),

    expense_tokens as (
        select replace("Token", '$USD', 'USD') as token, sum("Amount"::decimal(28, 10)) as amount, count(*) as entries
        from expenses
        group by all
    ),

    figures as (
        select
            'count(*)' as measure,
            (select count(*) from transfers)
            + (select count(*) from vestings)
            + (select count(*) from expenses) as expected
        union all
        select
            'sum(_record) filter (where ledger_entry_id like ''0x%:1'' and not starts_with(account_code, ''expense''))',
            sum(first_record)
        from first_transfers
        union all
        select
            'count(distinct ledger_entry_id)',
            (select count(*) from transfers) + (select count(*) from vestings) + (select count(*) from expenses)
        union all
        select 'count(distinct ledger_entry_id) filter (where _file like ''data/transactions-%'')', count(*)
        from transfers
        union all
        select 'count(distinct ledger_entry_id) filter (where ledger_entry_id like ''0x%:1'')', count(distinct "Hash")
        from transfers
        union all
        select
            format('sum(amount) filter (where account_code like ''{}%'' and currency = ''{}'')', direction, "Token"),
            amount
        from sums
        union all
        select format('count(*) filter (where account_code = ''{}'')', account_code), entries
        from tagged
        union all
        select format('sum(epoch_ms(posted_date)) filter (where account_code = ''{}'')', account_code), days
        from tagged
        union all
        select 'count(*) filter (where account_code like ''%:contract_funding'')', count(*)
        from funding
        union all
        select 'sum(amount) filter (where account_code = ''out:contract_funding'')', sum(amount)
        from funding
        where "Type" = 'OUT'
        union all
        select
            format('sum(amount) filter (where account_code = ''in:returned_payment'' and currency = ''{}'')', "Token"),
            amount
        from returned_tokens
        union all
        select 'count(*) filter (where account_code = ''in:returned_payment'')', count(*)
        from returned
        union all
        select
            'count(*) filter (where account_code in (''in:other'', ''out:other''))',
            (select count(*) from transfers where "Tag" = 'OTHER' and "Type" <> 'INTERNAL')
            - (select count(*) from funding)
            - (select count(*) from returned)
        union all
        select
            format('sum(amount) filter (where account_code = ''vesting:release'' and currency = ''{}'')', token), amount
        from releases
        union all
        select 'count(*) filter (where account_code = ''vesting:release'')', count(*)
        from vestings
        union all
        select
            'sum(epoch_ms(posted_date)) filter (where account_code = ''vesting:release'')',
            sum(epoch_ms("Vesting Finish At"::date))
        from vestings
        where "Vesting Finish At" < '2026-04-28'
        union all
        select format('sum(amount) filter (where account_code like ''expense:%'' and currency = ''{}'')', token), amount
        from expense_tokens
        union all
        select format('count(*) filter (where account_code like ''expense:%'' and currency = ''{}'')', token), entries
        from expense_tokens
        union all
        select
            'sum(epoch_ms(posted_date)) filter (where account_code like ''expense:%'')',
            sum(epoch_ms("Last Update"::date))
        from expenses
        join raw.projects using ("Proposal ID")
        union all
        select
            'count(initiative_id)',
            (select count(*) from vestings) + (select count(*) from expenses) + (select count(*) from funding)
        union all
        select
            'count(distinct work_item_id) filter (where account_code = ''vesting:release'')',
            count(distinct "Proposal ID")
        from vestings
        union all
        select
            'count(distinct work_item_id) filter (where account_code like ''expense:%'')', count(distinct "Proposal ID")
        from expenses
    )

select *
from figures
