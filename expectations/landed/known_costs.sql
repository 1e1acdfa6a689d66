-- one row: whether anything is known of cost: a ledger was read, and an account of cost was given
select count(*) > 0 as is_ledger_known
from stage.landing.loads
where feed = 'ledger_entries' and 'cost' in (select kind from feed.given_kinds)
