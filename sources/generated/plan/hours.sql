-- one row per booking of hours; one in twenty is for meetings, and one in fifty is booked a quarter late
with
    items as (select * from started_items),

    people as (select * from people),

    counts as (
        select count(*) as items, getvariable('teams')::bigint as teams, getvariable('people')::bigint as people
        from items
    ),

    numbered as (
        select range as k, bits('hours', range) as r, bits('hours when', range) as r2, counts.*
        from range(getvariable('hours')::bigint)
        cross join counts
    ),

    drawn as (
        select
            numbered.*,
            items.work_item_id,
            items.deliverable_k,
            items.initiative_id,
            greatest(
                items.started_on,
                case when dayofweek(worked.day) in (0, 6) then (worked.day - 2)::date else worked.day end
            ) as work_date,
            items.team_k
            + numbered.teams * floor(second_of(r) * (divide(numbered.people, numbered.teams)))::bigint as person_k,
            items.team_k
        from numbered
        inner join items on floor(first_of(numbered.r) * numbered.items)::bigint = items.n
        cross join
            lateral(
                select
                    (
                        items.started_on
                        + floor(first_of(numbered.r2) * (items.ends_on - items.started_on + 1))::integer
                    )::date as day
            ) as worked
    ),

    staffed as (
        select
            drawn.*,
            case
                when person.joined_date <= drawn.work_date and coalesce(person.left_date > drawn.work_date, true)
                then person.person_id
                else steady.person_id
            end as person_id
        from drawn
        inner join people as person on drawn.person_k = person.k
        inner join people as steady on drawn.team_k % drawn.teams = steady.k
    )

select
    k,
    format('T-{:08d}', k + 1) as time_entry_id,
    case when second_of(r2) >= 0.05 then work_item_id end as work_item_id,
    case when second_of(r2) >= 0.05 then deliverable_k end as deliverable_k,
    person_id,
    work_date,
    (0.5 + 0.25 * floor(third_of(r) * 30))::decimal(5, 2) as hours,
    case
        when third_of(r2) < 0.02 then least(folder_after(work_date), last_day_known()) else folder_of(work_date)
    end as folder,
    -- landed again, the same, in the next folder
    case when third_of(r2) > 0.995 and work_date < date '2026-04-01' then folder_after(work_date) end as again_in
from staffed
