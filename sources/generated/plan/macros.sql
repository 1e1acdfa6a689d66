-- chance that depends on nothing but the seed, a purpose and an id: never on the order of rows, or on threads
create macro bits(purpose, id) as md5_number_lower(concat(getvariable('seed'), '/', purpose, '/', id))
;
-- one of 64 bits in three parts, each from 0 to 1
create macro first_of(r) as (r & 2097151) / 2097152.0::double
;
create macro second_of(r) as ((r >> 21) & 2097151) / 2097152.0::double
;
create macro third_of(r) as ((r >> 42) & 2097151) / 2097152.0::double
;
create macro chance(purpose, id) as first_of(bits(purpose, id))
;
-- a whole number from 0 to n - 1; one from low to high
create macro pick(purpose, id, n) as floor(chance(purpose, id) * n)::bigint
;
create macro between_two(purpose, id, low, high) as low + floor(chance(purpose, id) * (high - low + 1))::bigint
;
create macro share_of(part, low, high) as low + floor(part * (high - low + 1))::bigint
;
create macro first_day() as date '2023-07-01'
;
create macro last_day_known() as date '2026-06-30'
;
-- a moment of the company's day, in UTC
create macro utc(local_moment) as (local_moment at time zone 'Europe/Berlin') at time zone 'UTC'
;
create macro at_work(day, id) as utc(day::timestamp + to_seconds(between_two('hour', id, 29700, 64800)))
;
-- the folder in which something of a day shows: the quarter's last day; and the one after it
create macro folder_of(day) as last_day((date_trunc('quarter', day) + interval 2 month)::date)
;
create macro folder_after(day) as folder_of((folder_of(day) + 1)::date)
;
-- the folder being written, and the last moment that it knows
create macro shown_on() as getvariable('folder')::date
;
create macro shown_at() as utc((getvariable('folder')::date + 1)::timestamp)
;
-- a team's id on a day: team 3 of each twelve joins team 2, half of what team 7 begins later is its other half's
create macro team_id_at(team_k, begun_on, day) as case
    when team_k % 12 = 3 and day >= date '2025-01-15'
    then format('TEAM-{:02d}', team_k)
    when team_k % 12 = 7 and begun_on >= date '2024-10-01' and day(begun_on) % 2 = 1
    then format('TEAM-{:02d}B', team_k + 1)
    when team_k >= getvariable('teams')::bigint
    then format('TEAM-{:02d}B', (team_k - getvariable('teams')::bigint) * 12 + 8)
    when team_k >= 0
    then format('TEAM-{:02d}', team_k + 1)
end
;

-- a status as the tracker called it on a day: one was renamed
create macro status_named(status, day) as
    case when status = 'In Progress' and day >= date '2025-01-01' then 'Doing' else status end;
