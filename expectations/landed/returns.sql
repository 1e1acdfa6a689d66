-- one row per initiative with an actual hard benefit by now, as itself and in the total: benefit and cost, NULL where
-- none
-- is known; the same discounted; its rows without a rate; whether it has a return: a known benefit and a cost above 0
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
    unnest(['total', 'initiative']) as dimension_name,
    unnest(['total', gains.initiative]) as member_id,
    gains.total as benefit,
    gains.present as present_benefit,
    costs.total as cost,
    costs.present as present_cost,
    gains.unrated as unrated_benefits,
    gains.unrated + coalesce(costs.unrated, 0) as unrated,
    benefit is not null and coalesce(cost > 0, false) as has_return
from sums as gains
left join sums as costs on costs.initiative = gains.initiative and costs.kind = 'cost'
where gains.kind = 'benefit'
