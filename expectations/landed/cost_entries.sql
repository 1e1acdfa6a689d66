-- one row per entry of cost posted by now, by the day in the books
select ledger_entry_id, posted_date as day, reporting_amount from feed.cost_lines
