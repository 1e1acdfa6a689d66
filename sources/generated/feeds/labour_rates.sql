-- the hourly cost of each team, raised each January
select
    null::varchar as person_id,
    team_id,
    valid_from,
    (52 + 4 * (year(valid_from) - 2023) + k % 5)::decimal(28, 2) as hourly_cost,
    'EUR' as currency
from teams
cross join (values (first_day()), (date '2024-01-01'), (date '2025-01-01'), (date '2026-01-01')) as years(valid_from)
where k >= 0 and valid_from <= shown_on() and born_on <= shown_on()
order by team_id, valid_from
