-- one row per person: the team that they begin in, the one that they move to and when; the first two of a team stay
with
    numbered as (
        select range as k, range % getvariable('teams')::bigint as first_team from range(getvariable('people')::bigint)
    ),

    moves as (
        select
            k,
            first_team,
            k < 2 * getvariable('teams')::bigint as is_steady,
            case
                when first_team % 12 = 3
                then first_team - 1
                when first_team % 12 = 7 and (divide(k, getvariable('teams')::bigint)) % 2 = 1
                then getvariable('teams')::bigint + divide(first_team, 12)
                when chance('moves', k) < 0.15 and k >= 2 * getvariable('teams')::bigint
                then first_team - first_team % 12 + (array[4, 5, 6, 8, 9, 10])[pick('moves to', k, 6) + 1]
            end as second_team,
            case
                when first_team % 12 = 3
                then date '2025-01-15'
                when first_team % 12 = 7
                then date '2024-10-01'
                else (date '2023-11-01' + between_two('moves on', k, 0, 800)::integer)::date
            end as moves_on
        from numbered
    )

select
    k,
    format('PER-{:05d}', k + 1) as person_id,
    first_team,
    second_team,
    case when second_team is not null then moves_on end as moves_on,
    case
        when is_steady or chance('joined', k) < 0.6
        then (date '2019-01-01' + between_two('joined on', k, 0, 1500)::integer)::date
        else (date '2023-07-03' + between_two('joined later', k, 0, 600)::integer)::date
    end as joined_date,
    case
        when not is_steady and chance('left', k) < 0.12
        then (date '2025-04-01' + between_two('left on', k, 0, 400)::integer)::date
    end as left_date
from moves
