-- one row per deliverable, with the epic that it belongs to: five to an epic
with
    deliverables as (select * from deliverables),

    counted as (
        select *, row_number() over (partition by coalesce(initiative_k, -1) order by k) - 1 as nth from deliverables
    ),

    grouped as (
        select *, dense_rank() over (order by coalesce(initiative_k, -1), divide(nth, 5)) as epic_k from counted
    )

select *, format('E-{:05d}', epic_k) as epic_id
from grouped
