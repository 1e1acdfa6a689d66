-- one row per initiative that created value on evidence of its own: its team and the day it was delivered (NULL where
-- nobody says)
with
    judged as (
        select
            delivered.id,
            delivered.team,
            delivered.day,
            judged_day + observation_window_days::int as judged_from,
            scores.last_day,
            score <= -0.1 as is_harm,
            coalesce(score >= success_band_good, false) as is_reached,
            coalesce(is_own_score, false) as is_own_score,
            case
                when returns.initiative is null or unrated > 0 or not is_ledger_known
                then null
                when losses.initiative is not null
                then -1
                when benefit = 0
                then 0
                when benefit <= coalesce(cost, 0)
                then 1
                else 2
            end as by_money
        from feed.judged_deliveries as delivered
        cross join stage.landing.settings
        cross join feed.known_costs
        left join feed.judged_scores as scores on scores.level = delivered.level and scores.id = delivered.id
        left join feed.returns as returns on returns.initiative = delivered.id and dimension_name = 'initiative'
        left join feed.losses as losses on losses.initiative = delivered.id
        where delivered.level = 'initiative'
    )
select id as initiative_id, team, day
from judged
cross join stage.landing.settings
where
    coalesce(as_of_date >= judged_from, true)
    and coalesce(last_day <= as_of_date, true)
    and not coalesce(is_harm, false)
    and coalesce(by_money = 2, is_reached and is_own_score)
