-- one row per delivered deliverable and member, its main objective among them: day of delivery, verdict, and whether
-- that is a judgement
with
    main_objectives as (
        select deliverable_id, objective
        from feed.deliverable_objectives
        qualify row_number() over (partition by deliverable_id order by share desc, objective_key) = 1
    )
select
    deliverable_id,
    day,
    verdict,
    verdict in ('created', 'some', 'mixed', 'none', 'negative') as is_judged,
    unnest(['total', 'team', 'product', 'initiative', 'objective']) as dimension_name,
    unnest(['total', team, product, initiative, objective]) as member_id
from feed.deliverable_values
left join main_objectives using (deliverable_id)
where verdict not in ('open', 'cancelled')
