-- one row per deliverable: its value status by key results and by money. Allocated cost and credited benefits come from
-- the build's facts, whose totals are checked against ledger and benefits
with
    deliverables as (
        select
            items.*,
            delivered.day is not null as is_done,
            delivered.day as delivery_day,
            judged_day,
            coalesce(items.item_type in (select unnest(run_item_types) from feed.settings), false) as is_run
        from feed.work_items as items
        left join feed.delivered_work as delivered on delivered.work_item_id = items.work_item_id
        left join feed.judged_deliveries as judged on judged.deliverable_id = items.work_item_id
        where items.is_deliverable
    ),
    linked as (select deliverable_id, bool_or(is_outcome) as has_outcome from feed.deliverable_goals group by all),
    scores as (
        select
            deliverable_id,
            max(last_day) as last_day,
            sum(scores) as scores,
            bool_or(is_own) filter (is_usable) as is_own_score,
            min(reached_day) as reached_day,
            case
                when sum(weight) filter (is_usable) * 2 >= sum(weight) - 1e-12
                then
                    round(
                        sum(weight * greatest(-1, least(1, latest_score))) filter (is_usable)
                        / sum(weight) filter (is_usable),
                        11
                    )
            end as score
        from feed.judged_goals
        group by all
    ),
    costs as (
        select deliverable_id, sum(allocated_reporting_amount) as cost
        from core.fct_cost_allocations as parts
        inner join core.dim_deliverable as named on named.deliverable_key = parts.deliverable_key
        group by all
    ),
    credits as (
        select
            deliverable_id,
            sum(credited_reporting_amount) as benefit,
            bool_and(credited_reporting_amount is not null) as is_rated
        from core.fct_benefit_credits as credits
        inner join core.dim_deliverable as named on named.deliverable_key = credits.deliverable_key
        where is_past and scenario = 'actual' and benefit_type = 'hard'
        group by all
    ),
    -- an entry without a rate stays with its initiative, so the cost of its deliverables is incomplete
    unrated as (
        select distinct initiative_id
        from core.fct_cost_allocations as parts
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        where allocated_reporting_amount is null and parts.initiative_key > 0
    ),
    ledger_coverage as (
        select count(*) > 0 as is_ledger_known
        from stage.landing.loads
        where feed = 'ledger_entries' and 'cost' in (select kind from feed.given_kinds)
    ),
    judged as (
        select
            deliverables.*,
            coalesce(has_outcome, false) as has_outcome,
            is_ledger_known and unrated.initiative_id is null as is_costed,
            case when is_ledger_known then coalesce(cost, 0) end as cost,
            last_day,
            scores,
            coalesce(is_own_score, false) as is_own_score,
            reached_day,
            case
                when score <= -0.1
                then -1
                when score < success_band_some
                then 0
                when score < success_band_good
                then 1
                when score is not null
                then 2
            end as by_score,
            case
                when not (is_costed and coalesce(is_rated, false))
                then null
                when benefit <= 0
                then sign(benefit)::int
                when benefit <= coalesce(costs.cost, 0)
                then 1
                else 2
            end as by_money,
            coalesce(greatest(by_score, by_money), -9) as best,
            coalesce(least(by_score, by_money), 9) as worst
        from deliverables
        cross join feed.settings
        cross join ledger_coverage
        left join linked on linked.deliverable_id = deliverables.work_item_id
        left join scores on scores.deliverable_id = deliverables.work_item_id
        left join costs on costs.deliverable_id = deliverables.work_item_id
        left join credits on credits.deliverable_id = deliverables.work_item_id
        left join unrated on unrated.initiative_id = deliverables.initiative
    )
select
    judged.work_item_id as deliverable_id,
    team,
    product,
    initiative,
    delivery_day as day,
    is_run,
    has_outcome and not is_run as is_aligned,
    cost,
    is_costed,
    coalesce(by_score = 2 and is_own_score, false) or coalesce(by_money = 2, false) as is_shown_by_itself,
    case
        when status_category = 'cancelled'
        then 'cancelled'
        when not coalesce(is_done, false)
        then 'open'
        when not has_outcome
        then 'unlinked'
        when as_of_date < judged_day + observation_window_days::int
        then 'too_early'
        when last_day > as_of_date
        then 'too_early'
        when worst = -1
        then if(best > 0, 'mixed', 'negative')
        when best = 2
        then 'created'
        when best = 1
        then 'some'
        when best = 0
        then 'none'
        else 'unmeasured'
    end as verdict,
    is_done and has_outcome as is_timed,
    case
        when not is_timed or last_day > as_of_date or scores = 0
        then null
        else coalesce((reached_day - judged_day)::double, 'infinity'::double)
    end as days_to_value
from judged
cross join feed.settings
