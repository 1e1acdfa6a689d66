-- beancount, the query of docs/beancount.md: one row per posting.
with postings as (select *, row_number() over (partition by id, account order by _record) as nth from raw.beancount)
select
    getvariable('source') || ':' || id || ':' || account || ':' || nth as ledger_entry_id,
    "date" as posted_date,
    account as account_code,
    trim("number") as amount,
    currency,
    team as team_id,
    concat_ws(': ', payee, narration) as description,
    _file,
    _record
from postings
