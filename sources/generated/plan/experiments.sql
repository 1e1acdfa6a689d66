-- one row per experiment that a team ran; three in ten changed what was decided, and one in six led to no decision
with
    teams as (select * from teams where k >= 0),

    planned as (
        select
            teams.team_id,
            teams.born_on,
            range as n,
            bits('experiment', concat(team_id, range)) as r,
            (first_day() + (20 + 90 * range + floor(20 * first_of(r)))::integer)::date as started_on
        from teams
        cross join range(12)
        where teams.joins_k is null
    ),

    dated as (
        select
            *,
            (started_on + share_of(second_of(r), 14, 42)::integer)::date as stopped_on,
            case
                when third_of(r) >= 0.17 then (started_on + share_of(second_of(r), 17, 52)::integer)::date
            end as decided_on
        from planned
        where started_on between born_on and last_day_known()
    )

select
    format('EXP-{}-{:02d}', team_id, n + 1) as experiment_id,
    (['A shorter form', 'A reminder by mail', 'A free month', 'A new first page', 'Prices shown earlier'])[n % 5 + 1]
    || ' makes more people stay' as hypothesis,
    team_id,
    started_on,
    at_work(started_on, concat('begins', team_id, n)) as started_at,
    utc(stopped_on::timestamp + interval 19 hour) as stopped_at,
    utc(decided_on::timestamp + interval 20 hour) as decided_at,
    case when decided_on is not null then third_of(r) < 0.42 end as changed_decision
from dated
