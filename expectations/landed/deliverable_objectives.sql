-- one row per deliverable and objective that it serves, with its share: by its key results, else its initiative's
with
    weights as (select deliverable_id, objective, sum(weight) as weight from feed.deliverable_goals group by all),
    shares as (
        select deliverable_id, objective, round(weight / sum(weight) over (partition by deliverable_id), 10) as share
        from weights
    ),
    served as (
        select *
        from shares
        union all
        select
            items.work_item_id,
            case
                when initiatives.objective_id is null then '-2' else coalesce(objectives.objective_id, '-3')
            end as objective,
            1
        from feed.work_items as items
        anti join shares on shares.deliverable_id = items.work_item_id
        left join feed.initiatives as initiatives on initiatives.initiative_id = items.initiative_id
        left join feed.objectives as objectives on objectives.objective_id = initiatives.objective_id
        where is_deliverable
    )
-- of two objectives with the same share, the build takes the one with the smaller key
select served.*, named.objective_key
from served
left join core.dim_objective as named on named.objective_id = served.objective
