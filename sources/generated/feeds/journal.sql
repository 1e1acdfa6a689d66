-- the quarter's journal as the ledger exports it: debit and credit, and what was exported wrongly or twice
with
    entries as (select * from ledger),

    shown as (
        select *, first_amount as shown_amount, first_posted_date as shown_date
        from entries
        where folder = shown_on() and corrected_in is not null
        union all
        select *, amount, posted_date
        from entries
        where folder = shown_on() and corrected_in is null
        union all
        select *, amount, posted_date
        from entries
        where corrected_in = shown_on() or again_in = shown_on()
    )

select
    ledger_entry_id as entry_no,
    shown_date as booked_on,
    service_date as service_on,
    reverses_ledger_entry_id as reverses_entry_no,
    account_code as account,
    case when shown_amount >= 0 then shown_amount else 0 end::decimal(28, 2) as debit,
    case when shown_amount < 0 then - shown_amount else 0 end::decimal(28, 2) as credit,
    currency,
    team_id_at(team_k, date '2020-01-01', posted_date) as cost_centre,
    initiative_id as project,
    work_item_id as ticket,
    format('PRD-{:02d}', product_k + 1) as product,
    format('CUS-{:05d}', customer_k + 1) as customer,
    kind as booking_text
from shown
order by ledger_entry_id
