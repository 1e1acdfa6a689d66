-- one row per source and name that has no meaning, and how often it occurs: statuses, by work items that have or had
-- them, and accounts, by ledger entries
with
    statuses as (
        select source, status, work_item_id
        from feed.work_items
        where status_category = 'unknown'
        union
        select source, status, work_item_id
        from feed.status_records
        where is_recorded and category = 'unknown' and status is not null
    ),
    entries as (select * from feed.ledger_entries anti join feed.accounts using (account_code))
select source, 'status' as kind, status as name, count(*) as occurrences
from statuses
group by source, status
union all
select source, 'account', account_code, count(*)
from entries
group by source, account_code
