-- one row per delivered deliverable or initiative (level, id): its team, its last and its first day of delivery, and
-- the one that it is judged by. That is the last one, unless one of its outcome key results, or a hard benefit, showed
-- value after an earlier one
with
    shown as (
        select delivered.level, delivered.id
        from feed.deliveries as delivered
        inner join feed.delivered_goals as goals on goals.level = delivered.level and goals.id = delivered.id
        inner join feed.key_result_readings as readings on readings.key_result_id = goals.key_result_id
        cross join stage.landing.settings
        where first_day < delivered.day and readings.day <= delivered.day and raw_score is not null
        group by delivered.level, delivered.id, goals.key_result_id, success_band_some
        having
            max(raw_score) filter (readings.day > first_day) >= success_band_some
            and coalesce(
                max(raw_score) filter (readings.day > first_day)
                > arg_max(raw_score, readings.day) filter (readings.day <= first_day),
                true
            )
        union
        select 'deliverable', id
        from feed.deliveries
        inner join feed.deliverable_money as money on money.deliverable_id = id
        inner join core.dim_deliverable as named on named.deliverable_id = id
        inner join core.fct_benefit_credits as credits on credits.deliverable_key = named.deliverable_key
        where
            level = 'deliverable'
            and is_costed
            and is_rated
            and scenario = 'actual'
            and benefit_type = 'hard'
            and month_start_date >= date_trunc('month', first_day)
            and last_day(month_start_date) < day
        group by id
        having sum(credited_reporting_amount) > 0
        union
        select 'initiative', id
        from feed.deliveries as delivered
        inner join feed.known_costs on is_ledger_known
        inner join feed.returns as returns on returns.initiative = id and dimension_name = 'initiative' and unrated = 0
        inner join feed.benefit_amounts as benefits on benefits.initiative = id
        where
            level = 'initiative'
            and scenario = 'actual'
            and benefit_type = 'hard'
            and benefits.day >= date_trunc('month', first_day)
            and last_day(benefits.day) < delivered.day
        group by id
        having sum(reporting_amount) > 0
    )
select *, if((level, id) in (from shown), first_day, day) as judged_day
from feed.deliveries
