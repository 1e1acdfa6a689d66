-- lookup: projects
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

    grants as (select * from raw.grants),

    vestings as (select * from raw.vestings),

    projects as (select * from raw.projects),

    transfer_quotes as (
        select
            "Date"[:10] as rate_date,
            "Token" as currency,
            "USD Amount"::decimal(38, 18) as dollars,
            "Amount"::decimal(38, 18) as tokens,
            case when dollars = 0 then 'no price' end as _excluded,
            _file,
            _record
        from transfers
    ),

    payout_quotes as (
        select
            "Transaction Date"[:10] as rate_date,
            "Token" as currency,
            "Amount USD"::decimal(38, 18) as dollars,
            "Transaction Amount"::decimal(38, 18) as tokens,
            case when tokens is null then 'no payout' end as _excluded,
            _file,
            _record
        from grants
    ),

    -- a contract run to its end that holds the project's dollars, token for dollar
    contract_quotes as (
        select
            "Vesting Finish At"[:10] as rate_date,
            'DAI' as currency,
            "Amount USD"::decimal(38, 18) as dollars,
            "Vesting Total Amount"::decimal(38, 18) as tokens,
            case when dollars = tokens and "Vesting Status" = 'Finished' then null else 'no quote' end as _excluded,
            vestings._file,
            vestings._record
        from vestings
        left join projects using ("Proposal ID")
    ),

    quotes as (
        select *
        from transfer_quotes
        union all
        select *
        from payout_quotes
        union all
        select *
        from contract_quotes
    ),

    -- whole numbers of 10^-18, because dividing decimals would go through floating
    -- point
    whole as (
        select
            * exclude (dollars, tokens),
            replace(dollars::varchar, '.', '')::hugeint as dollars,
            replace(tokens::varchar, '.', '')::hugeint as tokens
        from quotes
    ),

    -- rates in whole 10^-10, rounded half up
    priced as (
        select
            *,
            case when _excluded is null then divide(2 * dollars * 10000000000::hugeint + tokens, 2 * tokens) end as rate
        from whole
    ),

    ranked as (
        select
            *,
            row_number() over (day order by rate, _file, _record) as nth,
            count(*) over (day) as quotes,
            lead(rate) over (day order by rate, _file, _record) as next_rate
        from priced
        window day as (partition by rate_date, currency, _excluded)
    ),

    medians as (
        select *, case when quotes % 2 = 0 then divide(rate + next_rate + 1, 2) else rate end as median_rate from ranked
    ),

    exchange_rates as (
        select
            rate_date,
            currency,
            median_rate::decimal(18, 0) * 0.0000000001 as rate_to_reporting,
            _file,
            _record,
            case
                when _excluded is not null then _excluded when nth <> divide(quotes + 1, 2) then 'merged'
            end as _excluded
        from medians
    )

select *
from exchange_rates
