-- one row per initiative that created value on evidence of its own: its team and the day it was delivered (NULL where
-- nobody says)
with
    work as (
        select
            items.initiative as initiative_id,
            count(judged.day) as done,
            count(*) filter (judged.day is null and items.status_category <> 'cancelled') as still_open,
            max(judged.day) as last_day,
            max(judged.first_day) as first_day
        from feed.work_items as items
        left join feed.judged_deliveries as judged on judged.deliverable_id = items.work_item_id
        where items.is_deliverable
        group by items.initiative
    ),
    delivered as (
        select
            members.initiative_id,
            members.team,
            members.objective_id,
            case
                when ended_at <= as_of_at then ((ended_at at time zone 'UTC') at time zone time_zone)::date
            end as ended_day,
            coalesce(ended_day, work.last_day) as day,
            coalesce(ended_day, work.first_day) as first_day
        from feed.initiatives as members
        cross join feed.settings
        left join work on work.initiative_id = members.initiative_id
        where stage = 'done' or ended_day is not null or (work.done > 0 and work.still_open = 0)
    ),
    shares as (
        select *, weight / nullif(sum(weight) over (partition by deliverable_id), 0) as share
        from feed.deliverable_goals
    ),
    of_work as (
        select items.initiative as initiative_id, key_result_id, sum(share) as weight, bool_or(is_own) as is_own
        from shares
        inner join feed.work_items as items on items.work_item_id = shares.deliverable_id
        group by all
    ),
    served as (
        select delivered.initiative_id, links.key_result_id, true as is_own
        from delivered
        cross join feed.settings
        inner join
            feed.outcome_links as links
            on links.initiative_id = delivered.initiative_id
            and coalesce(day, as_of_date) >= coalesce(valid_from, date '0001-01-01')
            and coalesce(day, as_of_date) < coalesce(valid_to, date '9999-12-31')
        union all
        select delivered.initiative_id, goals.key_result_id, false
        from delivered
        inner join feed.key_results as goals on goals.objective_id = delivered.objective_id
        union all
        select initiative_id, key_result_id, is_own
        from of_work
    ),
    goals as (
        select
            delivered.initiative_id,
            day,
            first_day,
            served.key_result_id,
            terms.due_date,
            bool_or(served.is_own) as is_own,
            coalesce(any_value(case when of_work.weight > 0 then of_work.weight end), 1) as weight
        from served
        inner join delivered on delivered.initiative_id = served.initiative_id
        inner join feed.key_results as named on named.key_result_id = served.key_result_id and named.kind = 'outcome'
        inner join
            feed.key_result_terms as terms
            on terms.key_result_id = served.key_result_id
            and to_at = timestamp '9999-12-31'
        left join
            of_work on of_work.initiative_id = served.initiative_id and of_work.key_result_id = served.key_result_id
        group by all
    ),
    -- value shown between two deliveries of reopened work is that of the first
    shown as (
        select goals.initiative_id
        from goals
        inner join feed.key_result_readings as readings on readings.key_result_id = goals.key_result_id
        cross join feed.settings
        where first_day < goals.day and readings.day <= goals.day and raw_score is not null
        group by goals.initiative_id, goals.key_result_id, success_band_some
        having
            max(raw_score) filter (readings.day > first_day) >= success_band_some
            and coalesce(
                max(raw_score) filter (readings.day > first_day)
                > arg_max(raw_score, readings.day) filter (readings.day <= first_day),
                true
            )
        union
        select delivered.initiative_id
        from delivered
        inner join feed.known_costs on is_ledger_known
        inner join
            feed.returns as returns
            on returns.initiative = delivered.initiative_id
            and dimension_name = 'initiative'
            and unrated = 0
        inner join feed.benefit_amounts as benefits on benefits.initiative = delivered.initiative_id
        where
            scenario = 'actual'
            and benefit_type = 'hard'
            and benefits.day >= date_trunc('month', first_day)
            and last_day(benefits.day) < delivered.day
        group by delivered.initiative_id
        having sum(reporting_amount) > 0
    ),
    dated as (select goals.*, if(initiative_id in (from shown), first_day, goals.day) as judged_day from goals),
    timed as (
        select dated.*, greatest(due_date, judged_day + observation_window_days::int) as last_day
        from dated
        cross join feed.settings
    ),
    read as (
        select
            timed.initiative_id,
            timed.key_result_id,
            timed.last_day,
            timed.is_own,
            timed.weight,
            arg_max(raw_score, readings.day) filter (readings.day <= judged_day) as score_before,
            (
                max(
                    case
                        when readings.day > judged_day and readings.day <= least(timed.last_day, as_of_date)
                        then {day:readings.day, score:raw_score}
                    end
                )
            ).score as latest_score
        from timed
        cross join feed.settings
        left join feed.key_result_readings as readings on readings.key_result_id = timed.key_result_id
        group by all
    ),
    usable as (
        select
            *,
            latest_score is not null
            and not coalesce(score_before >= success_band_good and latest_score <= score_before, false) as is_usable
        from read
        cross join (select success_band_good from feed.settings)
    ),
    scores as (
        select
            initiative_id,
            max(last_day) as last_day,
            bool_or(is_own) filter (is_usable) as is_own_score,
            case
                when sum(weight) filter (is_usable) * 2 >= sum(weight) - 1e-12
                then
                    round(
                        sum(weight * greatest(-1, least(1, latest_score))) filter (is_usable)
                        / sum(weight) filter (is_usable),
                        11
                    )
            end as score
        from usable
        group by all
    ),
    judged as (
        select
            delivered.*,
            if(delivered.initiative_id in (from shown), first_day, day) + observation_window_days::int as judged_from,
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
        from delivered
        cross join feed.settings
        cross join feed.known_costs
        left join scores on scores.initiative_id = delivered.initiative_id
        left join
            feed.returns as returns on returns.initiative = delivered.initiative_id and dimension_name = 'initiative'
        left join feed.losses as losses on losses.initiative = delivered.initiative_id
    )
select initiative_id, team, day
from judged
cross join feed.settings
where
    coalesce(as_of_date >= judged_from, true)
    and coalesce(last_day <= as_of_date, true)
    and not coalesce(is_harm, false)
    and coalesce(by_money = 2, is_reached and is_own_score)
