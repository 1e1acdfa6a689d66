-- one row per time that delivered work was celebrated: one deliverable in three, one initiative in two
with
    celebrated as (
        select
            work_item_id,
            null::varchar as initiative_id,
            work_item_id as id,
            coalesce(released_on, done_on) as delivered_on,
            0.33 as share
        from items
        where level = 'deliverable' and done_on is not null and not is_deleted
        union all
        select null, initiative_id, initiative_id, delivered_on, 0.5
        from initiatives
        where delivered_on is not null
    ),

    dated as (
        select *, (delivered_on + between_two('celebrated on', id, 1, 40)::integer)::date as recognised_on
        from celebrated
        where chance('celebrated', id) < share
    )

select
    'REC-' || id as recognition_id,
    work_item_id,
    initiative_id,
    at_work(recognised_on, id) as recognised_at,
    folder_of(recognised_on) as folder
from dated
where recognised_on <= last_day_known()
