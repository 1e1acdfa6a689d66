-- one row per deliverable: whose it is, and when it is created, promised, begun, done and released, in days
with
    initiatives as (select * from initiatives),

    releases as (select product_k, released_on, released_at, release_id from releases),

    counts as (
        select
            getvariable('deliverables')::bigint as deliverables,
            getvariable('initiatives')::bigint as initiatives,
            getvariable('teams')::bigint as teams
    ),

    -- each eighth keeps the lights on and belongs to no initiative; each initiative has two of the others at least
    numbered as (
        select
            range as k,
            range % 8 = 7 as is_run,
            range - divide(range + 1, 8) as seq,
            bits('deliverable', range) as r,
            bits('deliverable dates', range) as r2,
            bits('deliverable due', range) as r3
        from range(getvariable('deliverables')::bigint)
    ),

    owned as (
        select
            numbered.*,
            case
                when is_run
                then null
                when seq < 2 * counts.initiatives
                then seq % counts.initiatives
                else floor(first_of(r) * counts.initiatives)::bigint
            end as initiative_k,
            not is_run and seq < counts.initiatives as is_first
        from numbered
        cross join counts
    ),

    fated as (
        select
            owned.*,
            initiatives.* exclude (k),
            case
                when initiatives.timing = 'cancelled'
                then 'cancelled'
                when initiatives.timing in ('window', 'recent')
                then
                    case
                        when is_first
                        then 'done'
                        when second_of(r) < 0.06
                        then 'cancelled'
                        when second_of(r) < 0.10 and not is_ended_by_its_work
                        then 'open'
                        else 'done'
                    end
                when initiatives.timing in ('open', 'overdue')
                then
                    case
                        when is_first
                        then 'open'
                        when second_of(r) < 0.1
                        then 'cancelled'
                        when second_of(r) < 0.55
                        then 'open'
                        else 'done'
                    end
                when second_of(r) < 0.05
                then 'cancelled'
                when second_of(r) < 0.15
                then 'open'
                else 'done'
            end as fate,
            coalesce(initiatives.started_on, (date '2023-07-10' + floor(first_of(r) * 900)::integer)::date) as opens_on
        from owned
        left join initiatives on owned.initiative_k = initiatives.k
    ),

    bounded as (
        select
            *,
            least(
                case
                    when timing in ('window', 'recent')
                    then (delivered_on - 50)::date
                    when timing = 'cancelled'
                    then cancelled_on
                    when is_run
                    then (opens_on + 120)::date
                    else last_day_known()
                end,
                last_day_known()
            ) as closes_on
        from fated
    ),

    created as (
        select *, (opens_on + floor(first_of(r2) * 0.5 * (closes_on - opens_on))::integer)::date as created_on
        from bounded
    ),

    finished as (
        select
            *,
            (created_on + greatest(12, floor((0.4 + 0.6 * second_of(r2)) * (closes_on - created_on)))::integer)::date
            as finished_on,
            case when third_of(r) < 0.75 or is_run then coalesce(first_team, k % 12) else (k * 7) % 12 end as team_k,
            case when third_of(r2) < 0.85 and not is_run then product_k else k % 5 end as at_product_k
        from created
    ),

    committed as (
        select
            * exclude (product_k),
            at_product_k as product_k,
            (created_on + share_of(first_of(r3), 1, 5)::integer)::date as committed_on,
            case when fate = 'done' then finished_on end as done_on,
            case when fate = 'cancelled' then finished_on end as cancelled_day
        from finished
    ),

    released as (
        select committed.k, min(releases.released_on) as released_on
        from committed
        inner join releases on committed.product_k = releases.product_k and releases.released_on > committed.done_on
        group by committed.k
    )

select
    committed.k,
    format('F-{:05d}', committed.k + 1) as work_item_id,
    format(
        '{} {} {}',
        (['Show', 'Let people choose', 'Speed up', 'Explain', 'Automate', 'Redesign', 'Test'])[
            pick('verb', committed.k, 7) + 1
        ],
        (['the basket', 'delivery dates', 'refunds', 'filters', 'invoices', 'alerts', 'the start page', 'roles'])[
            pick('noun', committed.k, 8) + 1
        ],
        committed.k + 1
    ) as title,
    committed.is_run,
    committed.is_first,
    committed.seq,
    committed.initiative_k,
    committed.initiative_id,
    committed.archetype,
    committed.slot,
    committed.objective_block,
    committed.objective_id,
    committed.link_level,
    committed.value_status,
    committed.quadrant,
    committed.fate,
    committed.team_k % (select teams from counts) as team_k,
    committed.product_k,
    committed.created_on,
    committed.committed_on,
    (committed_on + greatest(1, floor(0.3 * second_of(r3) * (finished_on - committed_on)))::integer)::date
    as started_on,
    committed.done_on,
    committed.cancelled_day as cancelled_on,
    released.released_on,
    -- busywork is as punctual as can be; the rest is on time three times in four
    greatest(
        (committed_on + 5)::date,
        case
            when committed.fate = 'open'
            then (last_day_known() + share_of(third_of(r3), -60, 90)::integer)::date
            when third_of(r3) < case when committed.quadrant = 'busywork' then 0.97 else 0.75 end
            then (finished_on + share_of(second_of(r3), 2, 20)::integer)::date
            else (finished_on - share_of(second_of(r3), 4, 20)::integer)::date
        end
    ) as due_date,
    chance('due moves', committed.k) < 0.2 as is_due_moved,
    committed.is_run and committed.fate = 'done' and chance('deleted', committed.k) < 0.03 as is_deleted
from committed
left join released on committed.k = released.k
