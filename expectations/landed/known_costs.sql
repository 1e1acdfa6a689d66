-- one row: whether anything is known of cost: a ledger was read, and an account of cost was given
select count(*) > 0 as is_ledger_known
from feed.ledger_entries_loads
where 'cost' in (select kind from feed.given_kinds)
