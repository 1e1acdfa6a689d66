-- one row per work item of any kind, with every day of its life; deliverables have stories, tasks and bugs beneath them
with
    deliverables as (select * from grouped_deliverables),

    counts as (
        select
            count(*) as deliverables,
            max(epic_k) as epics,
            getvariable('items')::bigint - count(*) - max(epic_k) as children,
            getvariable('teams')::bigint as teams
        from deliverables
    ),

    epics as (
        select
            epic_id as work_item_id,
            'epic' as level,
            null::varchar as parent_work_item_id,
            'Epic' as item_type,
            'Epic ' || min(epic_k) || ': ' || any_value(title order by k) as title,
            null::bigint as deliverable_k,
            any_value(initiative_id order by k) as initiative_id,
            any_value(team_k order by k) as team_k,
            any_value(product_k order by k) as product_k,
            min(created_on) as created_on,
            min(committed_on) as committed_on,
            min(started_on) as started_on,
            case
                when not bool_or(fate = 'open') and bool_or(fate = 'done')
                then max(greatest(done_on, released_on, cancelled_on))
            end as done_on,
            case when bool_and(fate = 'cancelled') then max(cancelled_on) end as cancelled_on,
            null::date as released_on,
            null::date as due_date,
            false as is_due_moved,
            false as is_deleted,
            false as is_run
        from deliverables
        group by epic_id
    ),

    features as (
        select
            work_item_id,
            'deliverable' as level,
            epic_id as parent_work_item_id,
            case when is_run then 'Maintenance' else 'Feature' end as item_type,
            title,
            k as deliverable_k,
            initiative_id,
            team_k,
            product_k,
            created_on,
            committed_on,
            started_on,
            done_on,
            cancelled_on,
            released_on,
            due_date,
            is_due_moved,
            is_deleted,
            is_run
        from deliverables
    ),

    numbered as (
        select range as k, range % counts.deliverables as deliverable_k, bits('child', range) as r
        from counts
        cross join range(getvariable('items')::bigint)
        where range < counts.children
    ),

    placed as (
        select
            numbered.k,
            numbered.r,
            deliverables.* exclude (
                k, title, epic_k, nth, seq, created_on, committed_on, started_on, done_on, cancelled_on
            ),
            numbered.deliverable_k,
            deliverables.work_item_id as feature_id,
            deliverables.created_on as opens_on,
            coalesce(deliverables.done_on, deliverables.cancelled_on, last_day_known()) as closes_on,
            bits('child dates', numbered.k) as r2,
            case
                when deliverables.fate = 'open'
                then case when first_of(numbered.r) < 0.6 then 'done' else 'open' end
                when first_of(numbered.r) < 0.05
                then 'cancelled'
                when deliverables.fate = 'done'
                then 'done'
                when first_of(numbered.r) < 0.5
                then 'done'
                else 'cancelled'
            end as child_fate
        from numbered
        inner join deliverables on numbered.deliverable_k = deliverables.k
    ),

    created as (
        select *, (opens_on + floor(first_of(r2) * 0.5 * (closes_on - opens_on))::integer)::date as created_on
        from placed
    ),

    finished as (
        select
            *,
            (created_on + floor((0.3 + 0.7 * second_of(r2)) * (closes_on - created_on))::integer)::date as finished_on
        from created
    ),

    children as (
        select
            format('S-{:06d}', finished.k + 1) as work_item_id,
            'child' as level,
            case
                when second_of(r) < 0.15 and finished.k >= counts.deliverables
                then format('S-{:06d}', finished.k - counts.deliverables + 1)
                else feature_id
            end as parent_work_item_id,
            case
                when second_of(r) < 0.15
                then 'Sub-task'
                when second_of(r) < 0.65
                then 'Story'
                when second_of(r) < 0.85
                then 'Task'
                when is_run
                then 'Incident'
                else 'Bug'
            end as item_type,
            format(
                '{} {}',
                (['Write', 'Build', 'Check', 'Mend', 'Move', 'Draw'])[finished.k % 6 + 1],
                (['the form', 'the service', 'the report', 'the texts', 'the tests', 'the screen', 'the import'])[
                    finished.k % 7 + 1
                ]
            ) as title,
            deliverable_k,
            initiative_id,
            -- a second team has a part in one deliverable of five
            case
                when deliverable_k % 5 = 2 and third_of(r) < 0.5 then (team_k + 1) % counts.teams else team_k
            end as team_k,
            product_k,
            created_on,
            case
                when child_fate <> 'open' or third_of(r2) < 0.5 or second_of(r2) < 0.5 then created_on
            end as committed_on,
            case
                when child_fate <> 'open' or third_of(r2) < 0.5
                then (created_on + floor(0.3 * third_of(r2) * (finished_on - created_on))::integer)::date
            end as started_on,
            case when child_fate = 'done' then finished_on end as done_on,
            case when child_fate = 'cancelled' then finished_on end as cancelled_on,
            null::date as released_on,
            null::date as due_date,
            false as is_due_moved,
            is_deleted or (third_of(r) > 0.99 and child_fate = 'done' and second_of(r) >= 0.15) as is_deleted,
            is_run
        from finished
        cross join counts
    ),

    all_items as (
        select *
        from epics
        union all
        select *
        from features
        union all
        select *
        from children
    ),

    -- seconds of the day that can't put an earlier step of one day behind a later one
    timed as (
        select
            *,
            bits('item', work_item_id) as r,
            utc(created_on::timestamp + interval 8 hour) as created_at,
            utc(committed_on::timestamp + interval 9 hour) as committed_at,
            utc(started_on::timestamp + interval 10 hour) as started_at,
            utc(done_on::timestamp + interval 16 hour) as done_at,
            utc(cancelled_on::timestamp + interval 16 hour) as cancelled_at,
            utc(released_on::timestamp + interval 18 hour) as released_at
        from all_items
    ),

    travelled as (
        select
            *,
            first_of(r) < 0.07 and done_on - started_on > 8 as is_reopened,
            done_on - started_on as worked_days,
            done_on is null and cancelled_on is null and coalesce(last_day_known() - started_on > 4, false) as is_open,
            -- closed as done, with a resolution that says that it was not
            cancelled_on is not null and third_of(r) < 0.3 as is_closed_as_done
        from timed
    )

select
    *,
    case
        when is_reopened then utc((started_on + divide(worked_days * 6, 10)::integer)::timestamp + interval 15 hour)
    end as first_done_at,
    case
        when is_reopened then utc((started_on + divide(worked_days * 8, 10)::integer)::timestamp + interval 9 hour)
    end as reopened_at,
    case
        when done_on is not null and worked_days > 4
        then utc((started_on + divide(worked_days * 5, 10)::integer)::timestamp + interval 11 hour)
        when is_open and second_of(r) > 0.6
        then utc((started_on + divide(last_day_known() - started_on, 2)::integer)::timestamp + interval 11 hour)
    end as review_at,
    case
        when second_of(r) < 0.15 and worked_days > 8
        then utc((started_on + divide(worked_days * 2, 10)::integer)::timestamp + interval 12 hour)
        -- blocked to this day
        when is_open and second_of(r) < 0.3
        then utc((started_on + divide(last_day_known() - started_on, 2)::integer)::timestamp + interval 12 hour)
    end as blocked_at,
    case
        when second_of(r) < 0.15 and worked_days > 8
        then utc((started_on + divide(worked_days * 3, 10)::integer)::timestamp + interval 13 hour)
    end as unblocked_at,
    case
        when is_due_moved and due_date is not null then utc((committed_on + 4)::timestamp + interval 14 hour)
    end as due_moved_at,
    -- the folder from which it is gone: two after it was done, so that it was seen
    case
        when is_deleted then folder_after(folder_after(greatest(done_on, coalesce(released_on, done_on))))
    end as gone_from,
    team_k
    + getvariable('teams')::bigint
    * floor(third_of(r) * (divide(getvariable('people')::bigint, getvariable('teams')::bigint)))::bigint as assignee_k,
    case when level <> 'epic' then (array[1, 2, 3, 5, 8, 13])[1 + floor(third_of(r) * 6)::bigint] end as points
from travelled
