-- one row per delivered deliverable or initiative (level, id) and outcome key result that it serves: whether by a link
-- of its own, and its weight, of an initiative that of its work's links
with
    shares as (
        select *, weight / nullif(sum(weight) over (partition by deliverable_id), 0) as share
        from feed.deliverable_goals
    ),
    of_work as (
        select items.initiative as id, key_result_id, sum(share) as weight, bool_or(is_own) as is_own
        from shares
        inner join feed.work_items as items on items.work_item_id = shares.deliverable_id
        group by all
    ),
    served as (
        select links.initiative_id as id, links.key_result_id, true as is_own
        from feed.deliveries as delivered
        cross join stage.landing.settings
        inner join
            feed.outcome_links as links
            on links.initiative_id = delivered.id
            and coalesce(day, as_of_date) >= coalesce(valid_from, date '0001-01-01')
            and coalesce(day, as_of_date) < coalesce(valid_to, date '9999-12-31')
        where level = 'initiative'
        union all
        select members.initiative_id, goals.key_result_id, false
        from feed.initiatives as members
        inner join feed.key_results as goals on goals.objective_id = members.objective_id
        union all
        select id, key_result_id, is_own
        from of_work
    )
select level, id, key_result_id, is_own, weight
from feed.deliverable_goals as goals
inner join feed.deliveries as delivered on level = 'deliverable' and id = goals.deliverable_id
where is_outcome
union all
select
    level,
    delivered.id,
    served.key_result_id,
    bool_or(served.is_own),
    coalesce(any_value(case when of_work.weight > 0 then of_work.weight end), 1)
from served
inner join feed.deliveries as delivered on level = 'initiative' and delivered.id = served.id
inner join feed.key_results as named on named.key_result_id = served.key_result_id and named.kind = 'outcome'
left join of_work on of_work.id = served.id and of_work.key_result_id = served.key_result_id
group by all
