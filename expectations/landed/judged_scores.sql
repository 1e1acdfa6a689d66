-- one row per delivered deliverable or initiative (level, id) with outcome key results: its score, NULL where less than
-- half of them by weight can be judged, and when that is final
select
    level,
    id,
    max(last_day) as last_day,
    sum(scores) as scores,
    bool_or(is_own) filter (is_usable) as is_own_score,
    min(reached_day) as reached_day,
    case
        when sum(weight) filter (is_usable) * 2 >= sum(weight) - 1e-12
        then
            round(
                sum(weight * greatest(-1, least(1, latest_score))) filter (is_usable) / sum(weight) filter (is_usable),
                11
            )
    end as score
from feed.judged_goals
group by all
