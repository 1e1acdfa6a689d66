-- Months from the first cost to the month from which cumulative benefit has covered cumulative cost ever since.
with
    paying as (
        select distinct initiative from feed.benefit_amounts where benefit_type = 'hard' and scenario = 'actual'
    ),

    -- cost is where it was allocated: from the build's facts, whose totals are checked against the ledger
    flows as (
        select initiative, day as month, reporting_amount as benefit, 0 as cost
        from feed.benefit_amounts
        where benefit_type = 'hard' and scenario = 'actual'
        union all
        select
            initiatives.initiative_id as initiative,
            date_trunc('month', ledger.posted_date)::date as month,
            0 as benefit,
            parts.allocated_reporting_amount as cost
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        where initiatives.initiative_id in (select initiative from paying)
    ),

    monthly as (
        select dimension_name, member_id, month, sum(benefit - cost) as flow, sum(cost) as cost
        from
            (
                select *, unnest(['total', 'initiative']) as dimension_name, unnest(['total', initiative]) as member_id
                from flows
            )
        group by all
    ),

    running as (
        select
            *,
            sum(flow) over (partition by dimension_name, member_id order by month) as balance,
            min(month) filter (cost > 0) over (partition by dimension_name, member_id) as first_cost
        from monthly
    ),

    -- the months after the last one with a negative balance
    clear as (
        select dimension_name, member_id, min(month) as month, any_value(first_cost) as first_cost
        from running
        where
            month >= first_cost
            and not exists (
                from running as later
                where
                    later.dimension_name = running.dimension_name
                    and later.member_id = running.member_id
                    and later.month >= running.month
                    and later.balance < 0
            )
        group by all
    ),

    members as (
        select dimension_name, member_id, count(distinct initiative) as n
        from
            (
                select
                    initiative,
                    unnest(['total', 'initiative']) as dimension_name,
                    unnest(['total', initiative]) as member_id
                from paying
            )
        group by all
    )
select
    'all' as grain,
    null::date as period_start,
    members.dimension_name,
    members.member_id,
    date_diff('month', clear.first_cost, clear.month)::double as value,
    n
from members
left join clear on clear.dimension_name = members.dimension_name and clear.member_id = members.member_id
