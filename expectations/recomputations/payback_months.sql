-- Months from the first cost to the month from which cumulative benefit has covered cumulative cost ever since, of the
-- initiatives with a known benefit and a cost above 0.
with
    monthly as (
        select
            dimension_name,
            member_id,
            month,
            coalesce(sum(amount) filter (kind = 'benefit'), 0)
            - coalesce(sum(amount) filter (kind = 'cost'), 0) as flow,
            sum(amount) filter (kind = 'cost') as month_cost
        from feed.money_flows
        inner join feed.returns as returns using (initiative)
        where has_return
        group by all
    ),

    running as (
        select
            *,
            sum(flow) over (partition by dimension_name, member_id order by month) as balance,
            min(month) filter (month_cost > 0) over (partition by dimension_name, member_id) as first_cost
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

    counted as (select dimension_name, member_id, count(*) filter (has_return) as n from feed.returns group by all)
select
    'all' as grain,
    null::date as period_start,
    counted.dimension_name,
    counted.member_id,
    date_diff('month', clear.first_cost, clear.month)::double as value,
    n
from counted
left join clear on clear.dimension_name = counted.dimension_name and clear.member_id = counted.member_id
