-- one row per team or department: team 3 of each twelve joins team 2, team 7 splits
with
    numbered as (select range as k from range(getvariable('teams')::bigint)),

    departments as (
        select
            -1 - range as k,
            format('DEP-{}', range + 1) as team_id,
            (['Commerce', 'Platform', 'Customer Care'])[range + 1] as team_name,
            null::varchar as parent_team_id,
            first_day() as born_on,
            null::bigint as joins_k,
            null::date as pilot_start_date
        from range(3)
    ),

    teams as (
        select
            k,
            format('TEAM-{:02d}', k + 1) as team_id,
            (
                [
                    'Heron',
                    'Otter',
                    'Lynx',
                    'Badger',
                    'Falcon',
                    'Marten',
                    'Osprey',
                    'Beaver',
                    'Kestrel',
                    'Ibex',
                    'Raven',
                    'Stoat'
                ]
            )[k % 12 + 1]
            || case when k >= 12 then ' ' || (divide(k, 12) + 1) else '' end as team_name,
            format('DEP-{}', k % 3 + 1) as parent_team_id,
            first_day() as born_on,
            case when k % 12 = 3 then k - 1 end as joins_k,
            case when k % 12 in (0, 1, 4, 5, 8) then date '2025-01-15' end as pilot_start_date
        from numbered
    ),

    -- what a split leaves beside the team
    halves as (
        select
            getvariable('teams')::bigint + divide(k, 12) as k,
            team_id || 'B' as team_id,
            team_name || ' Two' as team_name,
            parent_team_id,
            date '2024-10-01' as born_on,
            null::bigint as joins_k,
            null::date as pilot_start_date
        from teams
        where k % 12 = 7
    ),

    all_teams as (
        select *
        from departments
        union all
        select *
        from teams
        union all
        select *
        from halves
    )

select *
from all_teams
