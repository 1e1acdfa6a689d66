-- one row per initiative with an actual hard benefit by now, as itself and in the total: benefit and cost, NULL where
-- none is known; the same discounted; its rows without a rate; whether it has a cost above 0, also in a currency of
-- its entries, and whether it has a return: a known benefit and such a cost
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
    ),

    -- back from the reporting currency, where a refund at another rate leaves a rest
    posted as (
        select
            initiatives.initiative_id as initiative,
            ledger.currency,
            sum(parts.allocated_reporting_amount::double * ledger.amount / nullif(ledger.reporting_amount, 0)) as amount
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        group by all
    ),

    spent as (select initiative, bool_or(round(amount, 2) > 0) as is_left from posted group by initiative)
select
    gains.initiative,
    unnest(['total', 'initiative']) as dimension_name,
    unnest(['total', gains.initiative]) as member_id,
    gains.total as benefit,
    gains.present as present_benefit,
    costs.total as cost,
    costs.present as present_cost,
    coalesce(costs.total > 0 and spent.is_left, false) as has_cost,
    gains.unrated as unrated_benefits,
    gains.unrated + coalesce(costs.unrated, 0) as unrated,
    benefit is not null and has_cost as has_return
from sums as gains
left join sums as costs on costs.initiative = gains.initiative and costs.kind = 'cost'
left join spent on spent.initiative = gains.initiative
where gains.kind = 'benefit'
