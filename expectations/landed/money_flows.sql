-- one row per actual hard benefit of a month up to now, and per part of cost allocated to an initiative: kind (benefit,
-- cost), amount in the reporting currency (NULL without a rate), and its discount factor
with
    -- cost is where it was allocated: from the build's facts, whose totals are checked against the ledger
    flows as (
        select initiative, day as month, 'benefit' as kind, reporting_amount as amount
        from feed.benefit_amounts
        where is_past and benefit_type = 'hard' and scenario = 'actual'
        union all
        select
            initiatives.initiative_id,
            date_trunc('month', ledger.posted_date)::date,
            'cost',
            parts.allocated_reporting_amount
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
    ),

    dated_flows as (
        select
            flows.*,
            (year(month) - year(discount_base_date::date)) * 12
            + month(month)
            - month(discount_base_date::date) as months_from_base,
            discount_rate
        from flows
        cross join stage.landing.settings
    )
select initiative, month, kind, amount, round(power(1 + discount_rate::double, - months_from_base / 12), 12) as factor
from dated_flows
