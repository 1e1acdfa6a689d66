-- every issue in the tracker on the folder's day
with
    items as (select * from items where created_at < shown_at() and coalesce(gone_from > shown_on(), true)),

    people as (select * from people),

    standing as (
        select
            *,
            case
                when cancelled_at < shown_at() and is_closed_as_done
                then 'Done'
                when cancelled_at < shown_at()
                then 'Cancelled'
                when released_at < shown_at()
                then 'Released'
                when done_at < shown_at()
                then 'Done'
                when reopened_at < shown_at()
                then 'In Progress'
                when first_done_at < shown_at()
                then 'Done'
                when review_at < shown_at()
                then 'In Review'
                when unblocked_at < shown_at()
                then 'In Progress'
                when blocked_at < shown_at()
                then 'Blocked'
                when started_at < shown_at()
                then 'In Progress'
                when committed_at < shown_at()
                then 'Ready'
                else 'Backlog'
            end as status
        from items
    )

select
    standing.work_item_id as key,
    standing.parent_work_item_id as parent,
    standing.item_type as issue_type,
    standing.title as summary,
    status_named(standing.status, shown_on()) as status,
    standing.initiative_id as project,
    team_id_at(
        standing.team_k,
        standing.created_on,
        least(coalesce(standing.done_on, standing.cancelled_on, shown_on()), shown_on())
    ) as team,
    format('PRD-{:02d}', standing.product_k + 1) as product,
    people.person_id as assignee,
    standing.created_at as created,
    case when standing.committed_at < shown_at() then standing.committed_at end as committed,
    case when standing.started_at < shown_at() then standing.started_at end as started,
    case when standing.due_moved_at < shown_at() then (standing.due_date + 21)::date else standing.due_date end as due,
    case
        when standing.cancelled_at < shown_at() and standing.is_closed_as_done
        then standing.cancelled_at
        when standing.status in ('Done', 'Released')
        then case when standing.done_at < shown_at() then standing.done_at else standing.first_done_at end
    end as resolved,
    case when standing.released_at < shown_at() then standing.released_at end as released,
    case
        when
            standing.level = 'deliverable'
            and second_of(standing.r) < 0.6
            and standing.released_at + interval 5 day < shown_at()
        then standing.released_at + interval 5 day
    end as accepted,
    case
        when standing.cancelled_at < shown_at() and first_of(standing.r) < 0.25
        then 'Duplicate'
        when standing.cancelled_at < shown_at()
        then 'Won''t do'
        when standing.status in ('Done', 'Released')
        then 'Done'
    end as resolution,
    standing.points as story_points
from standing
left join people on standing.assignee_k = people.k
order by standing.work_item_id
