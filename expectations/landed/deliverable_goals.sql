-- one row per deliverable and key result that it is linked to, with the weight: the nearest level that has a link valid
-- at delivery (else now) gives the whole set. Itself or beneath, an ancestor, its initiative, the initiative's
-- objective
with recursive
    climb as (
        select work_item_id, work_item_id as reached, [work_item_id] as way
        from feed.work_items
        union all
        select climb.work_item_id, above.work_item_id, way || [above.work_item_id]
        from climb
        inner join feed.work_items as here on here.work_item_id = climb.reached
        inner join feed.work_items as above on above.work_item_id = here.parent_work_item_id
        where not list_contains(way, above.work_item_id)
    ),
    deliverables as (
        select items.work_item_id as deliverable_id, items.initiative_id, coalesce(delivered.day, as_of_date) as day
        from feed.work_items as items
        cross join stage.landing.settings
        left join feed.delivered_work as delivered on delivered.work_item_id = items.work_item_id
        where items.is_deliverable
    ),
    links as (
        select links.*, daterange.since, daterange.until
        from feed.outcome_links as links
        semi join feed.key_results as known on known.key_result_id = links.key_result_id
        cross join
            lateral(
                select
                    coalesce(links.valid_from, date '0001-01-01') as since,
                    coalesce(links.valid_to, date '9999-12-31') as until
            ) as daterange
    ),
    offered as (
        select deliverable_id, 0 as distance, link_id, key_result_id, weight
        from deliverables
        inner join climb on reached = deliverable_id
        inner join links on links.work_item_id = climb.work_item_id and day >= since and day < until
        union all
        select deliverable_id, len(way) - 1, link_id, key_result_id, weight
        from deliverables
        inner join climb on climb.work_item_id = deliverable_id and len(way) > 1
        inner join links on links.work_item_id = reached and day >= since and day < until
        union all
        select deliverable_id, 1000000, link_id, key_result_id, weight
        from deliverables
        inner join links on links.initiative_id = deliverables.initiative_id and day >= since and day < until
        union all
        select deliverable_id, 2000000, 'of ' || goals.key_result_id, goals.key_result_id, 1
        from deliverables
        inner join feed.initiatives as initiatives on initiatives.initiative_id = deliverables.initiative_id
        inner join feed.key_results as goals on goals.objective_id = initiatives.objective_id
    ),
    nearest as (select * from offered qualify distance = min(distance) over (partition by deliverable_id)),
    -- a link is split among those that inherit it
    split as (
        select
            *,
            weight::double / count(*) over (
                partition by link_id, case when distance = 0 then 0 when distance < 1000000 then 1 else distance end
            ) as part
        from nearest
    )
select
    deliverable_id,
    goals.key_result_id,
    kind = 'outcome' as is_outcome,
    goals.objective,
    distance = 0 as is_own,
    sum(part) as weight
from split
inner join feed.key_results as goals on goals.key_result_id = split.key_result_id
group by all
