-- debit positive, credit negative
select
    entry_no as ledger_entry_id,
    booked_on as posted_date,
    service_on as service_date,
    reverses_entry_no as reverses_ledger_entry_id,
    account as account_code,
    debit::decimal(28, 10) - credit::decimal(28, 10) as amount,
    currency,
    cost_centre as team_id,
    project as initiative_id,
    ticket as work_item_id,
    product as product_id,
    customer as customer_id,
    booking_text as description,
    _file,
    _record
from raw.journal
