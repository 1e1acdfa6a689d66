-- one row per link from work to a key result: at the work itself, beneath it, above it, or at the initiative
with
    deliverables as (select * from grouped_deliverables where link_level = 'item' and not is_deleted),

    initiatives as (select * from initiatives where link_level = 'initiative'),

    key_results as (
        select * from key_results where (not is_output or profile = 'output') and not is_hold and not is_by_metric
    ),

    ranked as (
        select
            objective_id,
            key_result_id,
            row_number() over (partition by objective_id order by key_result_id) - 1 as nth,
            count(*) over (partition by objective_id) as choices
        from key_results
    ),

    first_children as (
        select deliverable_k, min(work_item_id) as child_id
        from items
        where level = 'child' and not is_deleted
        group by deliverable_k
    ),

    -- four in five deliverables are linked themselves; the others inherit the link from their epic or their objective
    linked_work as (
        select
            deliverables.k,
            case
                when chance('link at', deliverables.k) < 0.55
                then deliverables.work_item_id
                when chance('link at', deliverables.k) < 0.7
                then coalesce(first_children.child_id, deliverables.work_item_id)
                when chance('link at', deliverables.k) < 0.8 and deliverables.nth % 5 = 0
                then deliverables.epic_id
            end as work_item_id,
            deliverables.work_item_id as feature_id,
            deliverables.created_on,
            ranked.key_result_id,
            ranked.nth
        from deliverables
        inner join
            ranked
            on deliverables.objective_id = ranked.objective_id
            and (
                pick('link to', deliverables.k, ranked.choices) = ranked.nth
                or (chance('two links', deliverables.k) < 0.2 and ranked.nth = 0)
            )
        left join first_children on deliverables.k = first_children.deliverable_k
    ),

    work_links as (
        select
            format('LNK-{}-{}', feature_id, nth + 1) as link_id,
            work_item_id,
            null::varchar as initiative_id,
            key_result_id,
            1 + pick('weight', concat(k, nth), 2) as weight,
            case when chance('since', k) < 0.3 then created_on end as valid_from,
            null::date as valid_to,
            created_on
        from linked_work
        where work_item_id is not null
    ),

    initiative_links as (
        select
            format('LNK-{}-{}', initiatives.initiative_id, ranked.nth + 1),
            null,
            initiatives.initiative_id,
            ranked.key_result_id,
            1,
            null::date,
            null::date,
            initiatives.started_on
        from initiatives
        inner join ranked on initiatives.objective_id = ranked.objective_id
    ),

    all_links as (
        select *
        from work_links
        union all
        select *
        from initiative_links
    )

select *
from all_links
