-- Of the deliverables delivered that could be judged: the share that created value, as they are judged now.
with
    main_objectives as (
        select deliverable_id, objective
        from feed.deliverable_objectives
        qualify row_number() over (partition by deliverable_id order by share desc, objective_key) = 1
    ),

    by_member as (
        select
            day,
            verdict,
            unnest(['total', 'team', 'product', 'initiative', 'objective']) as dimension_name,
            unnest(['total', team, product, initiative, objective]) as member_id
        from feed.deliverable_values
        left join main_objectives using (deliverable_id)
        where verdict in ('created', 'some', 'mixed', 'none', 'negative')
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    count(*) filter (verdict = 'created') / count(*) as value,
    count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
