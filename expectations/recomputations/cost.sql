-- Entries of cost posted by now, in the reporting currency; by member, cost is where it is allocated.
with
    by_member as (
        select
            day,
            ledger_entry_id,
            reporting_amount,
            unnest(['product', 'team', 'initiative']) as dimension_name,
            unnest([product, team, initiative]) as member_id
        from feed.allocated_costs
    ),

    -- an entry is posted on one day, so that the entries of days add up
    by_day as (
        select
            day,
            'total' as dimension_name,
            'total' as member_id,
            sum(reporting_amount) as reporting_amount,
            count(distinct ledger_entry_id) filter (reporting_amount is not null) as entries
        from feed.cost_entries
        group by day
        union all
        select
            day,
            dimension_name,
            member_id,
            sum(reporting_amount),
            count(distinct ledger_entry_id) filter (reporting_amount is not null)
        from by_member
        group by day, dimension_name, member_id
    )
select grain, period_start, dimension_name, member_id, sum(reporting_amount)::double as value, sum(entries)::bigint as n
from by_day
inner join feed.days as days using (day)
group by all
