-- one row per initiative whose benefit is a loss: below 0, or below its cost with nothing more planned
with
    plans as (
        select initiative, max(last_day(day)) as last_day
        from feed.benefit_amounts
        where scenario = 'planned' and benefit_type = 'hard'
        group by initiative
    )
select returns.initiative
from feed.returns as returns
semi join feed.initiatives as members on members.initiative_id = returns.initiative
cross join stage.landing.settings
cross join feed.known_costs
left join plans on plans.initiative = returns.initiative
where
    dimension_name = 'initiative'
    and is_ledger_known
    and unrated = 0
    and (benefit < 0 or (has_cost and benefit < cost and coalesce(plans.last_day <= as_of_date, false)))
