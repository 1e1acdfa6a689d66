-- Of the cost without overhead, the share allocated to no deliverable. The allocation comes from the build's facts,
-- whose total the recomputation of cost checks.
with
    parts as (
        select
            ledger_entry_key,
            ledger.posted_date as day,
            parts.allocated_reporting_amount as amount,
            parts.deliverable_key < 0 as is_left_over,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', teams.team_id]) as member_id
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        inner join core.dim_team as teams on teams.team_key = parts.team_key
        left join core.dim_account as accounts on accounts.account_key = ledger.account_key
        cross join feed.settings
        where
            case
                -- a reversal is allocated like the reversed entry, whatever its account
                when ledger.reverses_ledger_entry_id is not null
                then parts.allocation_rule <> 'overhead'
                else not list_contains(overhead_categories, coalesce(accounts.cost_category, ''))
            end
    ),

    -- an entry is posted on one day, so that entries of days add up
    by_day as (
        select
            day,
            dimension_name,
            member_id,
            sum(amount) as amount,
            sum(amount) filter (is_left_over) as left_over,
            count(distinct ledger_entry_key) filter (amount is not null) as entries
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
