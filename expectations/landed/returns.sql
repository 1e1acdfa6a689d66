-- one row per initiative with an actual hard benefit by now: benefit and cost, NULL where none is known; the same
-- discounted; its rows without a rate
with
    sums as (
        select
            initiative,
            kind,
            sum(amount) as total,
            sum(amount * factor) as present,
            count(*) filter (amount is null) as unrated
        from feed.money_flows
        group by all
    )
select
    gains.initiative,
    gains.total as benefit,
    gains.present as present_benefit,
    costs.total as cost,
    costs.present as present_cost,
    gains.unrated as unrated_benefits,
    gains.unrated + coalesce(costs.unrated, 0) as unrated
from sums as gains
left join sums as costs on costs.initiative = gains.initiative and costs.kind = 'cost'
where gains.kind = 'benefit'
