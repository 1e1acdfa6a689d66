-- Of the teams that exist at the quarter's end, or now: the share with a training in the four quarters up to then.
with
    feed_starts as (
        select coalesce(min(days[1]), date '0001-01-01') as first_day
        from (select unnest(coalesce(covers, [[null]])) as days from feed.rituals_loads)
    ),

    quarters as (
        select distinct
            period_start as first_day, least(period_start + interval 3 month - interval 1 day, as_of_date)::date as day
        from feed.days
        cross join stage.landing.settings
        cross join feed_starts
        cross join (select min(day) as first_ritual from feed.held_rituals)
        where
            grain = 'quarter'
            and period_start - interval 9 month >= feed_starts.first_day
            and period_start - interval 9 month >= date_trunc('quarter', first_ritual)
    ),

    -- a team exists from ever until it is deleted
    judged as (
        select
            quarters.day,
            teams.team_id,
            exists (
                from feed.held_rituals as rituals
                where
                    ritual_type = 'training'
                    and rituals.team = teams.team_id
                    and rituals.day <= quarters.day
                    and rituals.day >= quarters.first_day - interval 9 month
            ) as is_trained
        from quarters
        inner join feed.team_spans as teams on quarters.day >= teams.from_day and quarters.day < teams.to_day
    ),

    shares as (select day, count(*) filter (is_trained) / count(*) as value, count(*) as n from judged group by all)
select
    grain,
    period_start,
    'total' as dimension_name,
    'total' as member_id,
    arg_max(value, day) as value,
    arg_max(n, day) as n
from shares
inner join feed.days as days using (day)
group by all
