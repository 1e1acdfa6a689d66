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

    vestings as (select * from raw.vestings),

    expenses as (select * from raw.financials),

    projects as (
        select *, trim(regexp_replace(lower("Category"), '[^a-z0-9]+', '_', 'g'), '_') as product_id from raw.projects
    ),

    -- identical lines are several transfers of one transaction: each is money, none
    -- is a copy
    numbered as (
        select
            "Hash" || ':' || row_number() over (partition by "Hash" order by _file, _record) as ledger_entry_id,
            "Date"[:10] as posted_date,
            "Amount"::decimal(38, 18) as amount,
            lower(if("Type" = 'OUT', "Transfer To", "Transfer From")) as counterparty,
            *
        from transfers
    ),

    contracts as (select lower("Vesting Contract") as vesting_contract, "Proposal ID" as proposal_id from vestings),

    -- paid once, so that money coming back can only be that payment
    single_payments as (
        select
            counterparty,
            "Token",
            any_value(ledger_entry_id) as ledger_entry_id,
            any_value(posted_date) as posted_date,
            any_value(amount) as amount
        from numbered
        where "Type" = 'OUT' and "Tag" = 'OTHER'
        group by counterparty, "Token"
        having count(*) = 1
    ),

    purposes as (
        select
            numbered.*,
            proposal_id,
            single_payments.ledger_entry_id as reverses_ledger_entry_id,
            case
                when proposal_id is not null
                then 'contract_funding'
                when single_payments.ledger_entry_id is not null
                then 'returned_payment'
                else trim(regexp_replace(lower("Tag"), '[^a-z0-9]+', '_', 'g'), '_')
            end as purpose
        from numbered
        left join contracts on vesting_contract = counterparty
        left join
            single_payments
            on numbered."Type" = 'IN'
            and numbered."Tag" = 'OTHER'
            and single_payments.counterparty = numbered.counterparty
            and single_payments."Token" = numbered."Token"
            and single_payments.posted_date <= numbered.posted_date
            and single_payments.amount >= numbered.amount
    ),

    transfer_entries as (
        select
            ledger_entry_id,
            posted_date,
            reverses_ledger_entry_id,
            lower("Type") || ':' || purpose as account_code,
            case when "Type" = 'IN' then - amount else amount end as amount,
            "Token" as currency,
            proposal_id,
            concat_ws(', ', "Tag", "Wallet", "Network") as description,
            _file,
            _record
        from purposes
    ),

    -- the file names no token: a contract that holds more than the project's dollars
    -- holds MANA
    release_entries as (
        select
            'vesting:' || lower("Vesting Contract") as ledger_entry_id,
            least("Vesting Finish At"[:10], '2026-04-27') as posted_date,
            null as reverses_ledger_entry_id,
            'vesting:release' as account_code,
            "Vesting Released Amount"::decimal(38, 18) as amount,
            case
                when "Vesting Total Amount"::decimal(38, 18) > "Amount USD"::decimal(38, 18) then 'MANA' else 'DAI'
            end as currency,
            "Proposal ID" as proposal_id,
            'Released by the vesting contract (' || lower("Vesting Status") || ')' as description,
            vestings._file,
            vestings._record
        from vestings
        left join projects using ("Proposal ID")
    ),

    -- the funding seen from the project's side: a memo, never cost a second time
    expense_entries as (
        select
            'expense:' || "Record ID" as ledger_entry_id,
            "Last Update"[:10] as posted_date,
            null as reverses_ledger_entry_id,
            'expense:'
            || trim(regexp_replace(lower("Financial category"), '[^a-z0-9]+', '_', 'g'), '_') as account_code,
            "Amount"::decimal(38, 18) as amount,
            ltrim(expenses."Token", '$') as currency,
            "Proposal ID" as proposal_id,
            -- not the reported text: it names people
            "Financial category" as description,
            expenses._file,
            expenses._record
        from expenses
        left join projects using ("Proposal ID")
    ),

    entries as (
        select *
        from transfer_entries
        union all
        select *
        from release_entries
        union all
        select *
        from expense_entries
    ),

    ledger_entries as (
        select
            ledger_entry_id,
            posted_date,
            reverses_ledger_entry_id,
            account_code,
            amount,
            currency,
            projects."Proposal ID" as initiative_id,
            proposal_id as work_item_id,
            product_id,
            description,
            entries._file,
            entries._record
        from entries
        left join projects on projects."Proposal ID" = proposal_id
    )

select *
from ledger_entries
