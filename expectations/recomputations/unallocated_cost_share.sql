-- Of the cost without overhead, the share allocated to no deliverable, by the team under which the allocation is
-- published.
with
    parts as (
        select
            day,
            ledger_entry_id,
            reporting_amount as amount,
            deliverable_id is null as is_left_over,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', team]) as member_id
        from feed.allocated_costs
        where not is_overhead
    ),

    -- an entry is posted on one day, so that entries of days add up
    by_day as (
        select
            day,
            dimension_name,
            member_id,
            sum(amount) as amount,
            sum(amount) filter (is_left_over) as left_over,
            count(distinct ledger_entry_id) filter (amount is not null) as entries
        from parts
        group by all
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    case when sum(amount) > 0 then coalesce(sum(left_over), 0)::double / sum(amount)::double end as value,
    sum(entries)::bigint as n
from by_day
inner join feed.days as days using (day)
group by all
