with
    transfers as (
        select "Date", "Token", "Amount", "USD Amount"
        from raw.transactions_2020
        union all
        select "Date", "Token", "Amount", "USD Amount"
        from raw.transactions_2024
        union all
        select "Date", "Token", "Amount", "USD Amount"
        from raw.transactions_2026
    ),

    -- floating point is another road to the same rate: good to six places, not for
    -- money
    quotes as (
        select "Date"::date as day, "Token" as token, "USD Amount"::double / "Amount"::double as rate
        from transfers
        where "USD Amount" <> '0'
        union all
        select "Transaction Date"::date, "Token", "Amount USD"::double / "Transaction Amount"::double
        from raw.grants
        where "Transaction Amount" is not null
        union all
        select "Vesting Finish At"::date, 'DAI', 1
        from raw.vestings
        semi join
            raw.projects
            on projects."Proposal ID" = vestings."Proposal ID"
            and projects."Amount USD" = vestings."Vesting Total Amount"
        where "Vesting Status" <> 'Revoked'
    ),

    days as (select day, token, median(rate) as rate from quotes group by all),

    tokens as (select token, count(*) as days, sum(round(rate::decimal(38, 18), 6)) as rates from days group by all),

    figures as (
        select 'count(*)' as measure, count(*) as expected
        from days
        union all
        select 'sum(epoch_ms(rate_date))', sum(epoch_ms(day))
        from days
        union all
        select 'count(*) filter (where currency = ''MATIC'')', 0
        union all
        select format('count(*) filter (where currency = ''{}'')', token), days
        from tokens
        union all
        select format('sum(round(rate_to_reporting, 6)) filter (where currency = ''{}'')', token), rates
        from tokens
    )

select *
from figures
