-- Of the key results that ran in the period: the share served by begun work of two or more teams.
with
    served as (
        select goals.key_result_id, array_agg(distinct team) as teams
        from feed.deliverable_goals as goals
        inner join feed.work_items as work on work.work_item_id = goals.deliverable_id
        where status_category in ('in_progress', 'done')
        group by goals.key_result_id
    ),

    by_member as (
        select
            day,
            points.key_result_id,
            coalesce(list_filter(teams, lambda team:team not in ('-1', '-2', '-3')), []) as known_teams,
            teams is not null as is_served,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', team]) as member_id
        from feed.key_result_points as points
        left join served on served.key_result_id = points.key_result_id
    ),

    running as (
        select distinct grain, period_start, dimension_name, member_id, key_result_id, known_teams, is_served
        from by_member
        inner join feed.days as days using (day)
        where len(known_teams) > 0 or not is_served
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    count(*) filter (len(known_teams) > 1) / count(*) as value,
    count(*) as n
from running
group by all
