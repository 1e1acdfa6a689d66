-- one row per entry of cost and deliverable that a part of it is allocated to (NULL: none), by the rules of
-- docs/model.md, with the members that the part is published under; `month` is the one that the cost belongs to
with recursive
    -- from a reversal to what it reverses, until there is nothing more, or an entry comes again
    chain as (
        select ledger_entry_id, ledger_entry_id as reached, [ledger_entry_id] as way
        from feed.cost_lines
        where reverses_ledger_entry_id is not null
        union all
        select chain.ledger_entry_id, earlier.ledger_entry_id, way || [earlier.ledger_entry_id]
        from chain
        inner join feed.cost_lines as here on here.ledger_entry_id = reached
        inner join feed.cost_lines as earlier on earlier.ledger_entry_id = here.reverses_ledger_entry_id
        where list_position(way, reached) = len(way)
    ),
    ends as (select ledger_entry_id, arg_max(reached, len(way)) as decides from chain group by all),

    -- within a circle of reversals none is what the others reverse
    circled as (
        select here.ledger_entry_id
        from feed.cost_lines as here
        semi join feed.cost_lines as earlier on earlier.ledger_entry_id = here.reverses_ledger_entry_id
    ),
    corrected as (
        select ledger_entry_id, cost_month_date
        from core.fct_ledger_entries
        where is_corrected and ledger_entry_id not in (select ledger_entry_id from circled)
    ),

    entries as (
        select
            cost_lines.ledger_entry_id,
            cost_lines.posted_date as day,
            cost_lines.reporting_amount,
            (cost_lines.reporting_amount * 10000)::hugeint as units,
            cost_lines.product,
            cost_lines.team,
            if(
                cost_lines.initiative in ('-1', '-2'),
                coalesce(nullif(own_item.initiative, '-2'), cost_lines.initiative),
                cost_lines.initiative
            ) as initiative,
            list_contains(overhead_categories, coalesce(deciding.cost_category, '')) as is_overhead,
            deciding.work_item_id as on_item,
            nearest.deliverable_id as on_deliverable,
            if(
                lower(coalesce(deciding.initiative_id, 'unknown')) = 'unknown',
                coalesce(item.initiative_id, deciding.initiative_id),
                deciding.initiative_id
            ) as named_initiative,
            nullif(if(lower(named_initiative) = 'unknown', '', named_initiative), '') as of_initiative,
            nullif(if(lower(deciding.team_id) = 'unknown', '', deciding.team_id), '') as of_team,
            -- of a corrected entry without a service date the build says which version it was before
            date_trunc('month', coalesce(deciding.service_date, published.cost_month_date, deciding.posted_date))::date
            as month
        from feed.cost_lines as cost_lines
        cross join stage.landing.settings
        left join ends on ends.ledger_entry_id = cost_lines.ledger_entry_id
        inner join
            feed.cost_lines as deciding on deciding.ledger_entry_id = coalesce(ends.decides, cost_lines.ledger_entry_id)
        left join feed.work_items as own_item on own_item.work_item_id = cost_lines.work_item_id
        left join feed.work_items as item on item.work_item_id = deciding.work_item_id
        left join feed.nearest_deliverables as nearest on nearest.work_item_id = deciding.work_item_id
        left join corrected as published on published.ledger_entry_id = deciding.ledger_entry_id
    ),

    -- deliverables, and from and to which day they can have cost
    closed as (
        select work_item_id, max(from_at) as cancelled_at
        from feed.stretches
        where category = 'cancelled' and from_at < to_at
        group by all
    ),
    open_deliverables as (
        select
            items.work_item_id as deliverable_id,
            items.initiative_id,
            items.team_id,
            ((created_at at time zone 'UTC') at time zone time_zone)::date as born,
            case
                when status_category = 'cancelled'
                then
                    (
                        (coalesce(cancelled_at, done_at, touches.touched_at, created_at) at time zone 'UTC')
                        at time zone time_zone
                    )::date
                else date '9999-12-31'
            end as gone
        from feed.work_items as items
        cross join stage.landing.settings
        left join closed on closed.work_item_id = items.work_item_id
        left join feed.last_touches as touches on touches.work_item_id = items.work_item_id
        where is_deliverable
    ),

    -- the deliverables that each kind of entry is divided among, by the first kind that has any
    beneath as (
        select work_item_id as deliverable_id, parent_work_item_id as above_id
        from feed.work_items
        where is_deliverable and parent_work_item_id is not null
        union
        select beneath.deliverable_id, items.parent_work_item_id
        from beneath
        inner join feed.work_items as items on items.work_item_id = above_id
        where items.parent_work_item_id is not null
    ),
    team_parents as (
        select team_id, parent_team_id
        from feed.teams
        union all
        select team_id, parent_team_id
        from feed.teams_deleted
    ),
    teams_beneath as (
        select team_id, team_id as member_id
        from team_parents
        union
        select of_team, of_team
        from entries
        where of_team is not null
        union
        select teams_beneath.team_id, teams.team_id
        from teams_beneath
        inner join team_parents as teams on teams.parent_team_id = member_id
    ),
    booked as (
        select
            deliverable_id,
            hours.team_id,
            date_trunc('month', work_date)::date as month,
            sum(round(hours * 3600)::bigint)::bigint as seconds
        from feed.team_hours as hours
        cross join stage.landing.settings
        inner join feed.nearest_deliverables as nearest on nearest.work_item_id = hours.work_item_id
        where work_date <= as_of_date
        group by all
    ),
    wanting_teams as (
        select distinct month, of_team
        from entries
        where on_deliverable is null and not is_overhead and of_team is not null
    ),
    wanted as (
        select distinct month, on_item, on_deliverable, of_initiative, of_team
        from entries
        where on_deliverable is null and not is_overhead
    ),
    offers as (
        select distinct month, 1 as kind, on_item as id, deliverable_id
        from wanted
        inner join beneath on above_id = on_item
        union
        select distinct month, 2, of_initiative, deliverable_id
        from wanted
        inner join open_deliverables on initiative_id = of_initiative
    ),
    open_offers as (
        select offers.*
        from offers
        inner join open_deliverables using (deliverable_id)
        where born < month + interval 1 month and gone >= month
    ),
    measured as (
        select
            open_offers.*,
            coalesce(
                (
                    select sum(seconds)
                    from booked
                    where booked.deliverable_id = open_offers.deliverable_id and booked.month = open_offers.month
                ),
                0
            ) as seconds,
            coalesce(
                (
                    select sum(seconds)
                    from booked
                    where booked.deliverable_id = open_offers.deliverable_id and booked.month < open_offers.month
                ),
                0
            ) as seconds_before,
            coalesce(in_progress.days, 0) as days,
            coalesce(unclear.days, 0) as unclear_days
        from open_offers
        left join
            feed.work_days as in_progress
            on in_progress.deliverable_id = open_offers.deliverable_id
            and in_progress.month = open_offers.month
            and in_progress.category = 'in_progress'
        left join
            feed.work_days as unclear
            on unclear.deliverable_id = open_offers.deliverable_id
            and unclear.month = open_offers.month
            and unclear.category = 'unknown'
    ),
    weighed as (
        select
            month,
            kind,
            id,
            deliverable_id,
            case
                when sum(seconds) over pot > 0
                then seconds
                when sum(days) over pot > 0 and sum(unclear_days) over pot = 0
                then days
                when sum(seconds_before) over pot > 0
                then seconds_before
                else 1
            end as weight
        from measured
        window pot as (partition by month, kind, id)
    ),
    team_work as (
        select
            wanted.month,
            of_team as id,
            booked.deliverable_id,
            true as is_booked,
            sum(seconds) as seconds,
            0 as days,
            0 as unclear_days
        from wanting_teams as wanted
        inner join teams_beneath on teams_beneath.team_id = of_team
        inner join booked on booked.team_id = member_id and booked.month = wanted.month
        inner join open_deliverables on open_deliverables.deliverable_id = booked.deliverable_id
        where born < wanted.month + interval 1 month and gone >= wanted.month
        group by all
        union all
        select
            wanted.month,
            of_team,
            open_deliverables.deliverable_id,
            false,
            0,
            coalesce(sum(days) filter (category = 'in_progress'), 0),
            coalesce(sum(days) filter (category = 'unknown'), 0)
        from wanting_teams as wanted
        inner join teams_beneath on teams_beneath.team_id = of_team
        inner join open_deliverables on open_deliverables.team_id = member_id
        inner join
            feed.work_days as work
            on work.deliverable_id = open_deliverables.deliverable_id
            and work.month = wanted.month
        where born < wanted.month + interval 1 month and gone >= wanted.month
        group by all
    ),
    team_weighed as (
        select
            month,
            3 as kind,
            id,
            deliverable_id,
            case
                when bool_or(is_booked) over team_pot
                then seconds
                when sum(unclear_days) over team_pot = 0
                then days
                when days + unclear_days > 0
                then 1
                else 0
            end as weight
        from team_work
        window team_pot as (partition by month, id)
    ),
    weights as (
        select month, kind, id, deliverable_id, weight::hugeint as weight
        from weighed
        where weight > 0
        union all
        select month, kind, id, deliverable_id, sum(weight)::hugeint
        from team_weighed
        where weight > 0
        group by all
    ),
    pots as (
        select
            *,
            sum(weight) over (partition by month, kind, id) as total,
            row_number() over (partition by month, kind, id order by weight desc, deliverable_id) as rank_of_weight
        from weights
    ),
    known_pots as (select distinct month, kind, id from pots),

    -- an initiative without a deliverable to which its cost could be allocated keeps it
    ruled as (
        select
            entries.*,
            case
                when units is null or is_overhead
                then 0
                when on_deliverable is not null
                then -1
                when of_item.id is not null
                then 1
                when of_initiative is not null
                then 2
                else 3
            end as ruled_kind,
            case ruled_kind when 1 then on_item when 2 then of_initiative when 3 then of_team end as pot_id
        from entries
        left join known_pots as of_item on of_item.kind = 1 and of_item.month = entries.month and of_item.id = on_item
    ),
    shares as (
        select
            ruled.*,
            if(ruled_kind = -1, on_deliverable, pots.deliverable_id) as deliverable_id,
            coalesce(weight, 1) as weight,
            coalesce(total, 1) as total,
            coalesce(rank_of_weight, 1) as rank_of_weight
        from ruled
        left join pots on pots.kind = ruled_kind and pots.month = ruled.month and pots.id = pot_id
    ),
    -- whole units of 0.0001, what is left over to the greatest remainders
    divided as (
        select
            *,
            abs(units) * weight as weighted,
            -- a division of 64 bits is forty times as fast as one of 128
            coalesce(divide(try_cast(weighted as bigint), try_cast(total as bigint)), divide(weighted, total)) as whole,
            weighted - whole * total as remainder
        from shares
    ),
    placed as (
        select *, row_number() over by_remainder as place, sum(whole) over by_remainder as whole_of_entry
        from divided
        window
            by_remainder as (
                partition by ledger_entry_id
                order by remainder desc, rank_of_weight
                rows between unbounded preceding and unbounded following
            )
    ),
    parts as (select *, sign(units) * (whole + if(place <= abs(units) - whole_of_entry, 1, 0)) as part from placed)
select
    ledger_entry_id,
    day,
    month,
    parts.deliverable_id,
    coalesce(nullif(named.initiative, '-2'), parts.initiative) as initiative,
    coalesce(nullif(named.team, '-2'), parts.team) as team,
    coalesce(nullif(named.product, '-2'), parts.product) as product,
    (part::decimal(34, 0) * 0.0001)::decimal(28, 4) as reporting_amount,
    is_overhead
from parts
left join feed.work_items as named on named.work_item_id = parts.deliverable_id
where part is null or part <> 0 or (units = 0 and rank_of_weight = 1)
