-- one row per ritual that a team held; the pilots review their goals from the day on which they began
with
    teams as (select * from teams where k >= 0),

    kinds(ritual_type, every_days, from_day) as (
        values ('retrospective', 14, 3), ('one_on_one', 30, 5), ('goal_review', 28, 10), ('training', 180, 40)
    ),

    planned as (
        select
            teams.*,
            kinds.*,
            range as n,
            (
                first_day()
                + (from_day + every_days * range + pick('ritual', concat(team_id, ritual_type, range), 4))::integer
            )::date as held_on
        from teams
        cross join kinds
        cross join range(80)
    ),

    held as (
        select *, chance('held', concat(team_id, ritual_type, n)) as r
        from planned
        where
            held_on between born_on and last_day_known()
            and (joins_k is null or held_on < date '2025-01-15')
            and (ritual_type <> 'goal_review' or held_on >= pilot_start_date)
    )

select
    format('RIT-{}-{}-{:02d}', team_id, ritual_type, n + 1) as ritual_id,
    ritual_type,
    team_id,
    at_work(held_on, concat(team_id, ritual_type, n)) as held_at,
    case when ritual_type = 'one_on_one' then 2 else 4 + floor(r * 6)::bigint end as participants,
    case when ritual_type in ('retrospective', 'goal_review') then 1 + floor(r * 4)::bigint end as actions_raised,
    case
        when ritual_type in ('retrospective', 'goal_review')
        then floor((1 + floor(r * 4)) * case when held_on >= pilot_start_date then 0.9 else 0.6 end)::bigint
    end as actions_closed,
    folder_of(held_on) as folder
from held
where r < 0.92
