with
    entries as (select * from {{ ref("int_cost_entries") }} where deliverable_id is null and not is_overhead),

    deliverables as (select * from {{ ref("int_cost_candidates") }}),

    ancestors as (select * from {{ ref("int_work_item_ancestors") }} where distance > 0),

    -- a team that no feed of teams has is its own branch
    team_branches as (
        select team_id, member_team_id
        from {{ ref("int_team_branches") }}
        union distinct
        select team_id, team_id as member_team_id
        from entries
        where team_id is not null
    ),

    hours as (select * from {{ ref("int_deliverable_month_hours") }}),

    days as (select * from {{ ref("int_deliverable_month_days") }}),

    scopes as (
        select distinct 'work_item' as scope, work_item_id as scope_id, deciding_month_date as month_start_date
        from entries
        where work_item_id is not null
        union all
        select distinct 'initiative' as scope, initiative_id as scope_id, deciding_month_date as month_start_date
        from entries
        where initiative_id is not null
        union all
        select distinct 'team' as scope, team_id as scope_id, deciding_month_date as month_start_date
        from entries
        where team_id is not null
    ),

    month_hours as (
        select deliverable_id, month_start_date, cast(sum(seconds) as bigint) as seconds
        from hours
        group by deliverable_id, month_start_date
    ),

    -- what was booked before a month, from the month after one with hours to the next such month
    earlier_hours as (
        select
            deliverable_id,
            month_start_date as after_month_date,
            lead(month_start_date) over (partition by deliverable_id order by month_start_date) as to_month_date,
            cast(sum(seconds) over (partition by deliverable_id order by month_start_date) as bigint) as seconds
        from month_hours
    ),

    scope_deliverables as (
        select scopes.scope, scopes.scope_id, scopes.month_start_date, deliverables.deliverable_id
        from scopes
        inner join ancestors on scopes.scope_id = ancestors.ancestor_id
        inner join
            deliverables
            on ancestors.work_item_id = deliverables.deliverable_id
            and scopes.month_start_date between deliverables.first_month_date and deliverables.last_month_date
        where scopes.scope = 'work_item'
        union all
        select scopes.scope, scopes.scope_id, scopes.month_start_date, deliverables.deliverable_id
        from scopes
        inner join
            deliverables
            on scopes.scope_id = deliverables.initiative_id
            and scopes.month_start_date between deliverables.first_month_date and deliverables.last_month_date
        where scopes.scope = 'initiative'
    ),

    scope_deliverables_with_effort as (
        select
            scope_deliverables.*,
            coalesce(month_hours.seconds, 0) as seconds,
            coalesce(days.days, 0) as days,
            coalesce(days.unknown_days, 0) as unknown_days,
            coalesce(earlier_hours.seconds, 0) as earlier_seconds
        from scope_deliverables
        left join
            month_hours
            on scope_deliverables.deliverable_id = month_hours.deliverable_id
            and scope_deliverables.month_start_date = month_hours.month_start_date
        left join
            days
            on scope_deliverables.deliverable_id = days.deliverable_id
            and scope_deliverables.month_start_date = days.month_start_date
        left join
            earlier_hours
            on scope_deliverables.deliverable_id = earlier_hours.deliverable_id
            and scope_deliverables.month_start_date > earlier_hours.after_month_date
            and scope_deliverables.month_start_date <= coalesce(earlier_hours.to_month_date, cast('9999-12-31' as date))
    ),

    scope_deliverables_with_totals as (
        select
            *,
            sum(seconds) over (partition by scope, scope_id, month_start_date) as all_seconds,
            sum(days) over (partition by scope, scope_id, month_start_date) as all_days,
            sum(unknown_days) over (partition by scope, scope_id, month_start_date) as all_unknown_days,
            sum(earlier_seconds) over (partition by scope, scope_id, month_start_date) as all_earlier_seconds
        from scope_deliverables_with_effort
    ),

    -- the first of these bases that has any data; days in progress, only if no status is unknown on a day of the month
    weights_by_first_known_basis as (
        select
            scope,
            scope_id,
            month_start_date,
            deliverable_id,
            case
                when all_seconds > 0
                then 'hours'
                when all_days > 0 and all_unknown_days = 0
                then 'days_in_progress'
                when all_earlier_seconds > 0
                then 'earlier_hours'
                else 'equal'
            end as allocation_basis,
            case
                when all_seconds > 0
                then seconds
                when all_days > 0 and all_unknown_days = 0
                then days
                when all_earlier_seconds > 0
                then earlier_seconds
                else 1
            end as weight
        from scope_deliverables_with_totals
    ),

    -- a team's cost follows the hours of its people, whichever team owns the deliverable
    team_hours as (
        select
            scopes.scope,
            scopes.scope_id,
            scopes.month_start_date,
            hours.deliverable_id,
            'hours' as allocation_basis,
            cast(sum(hours.seconds) as bigint) as weight
        from scopes
        inner join team_branches on scopes.scope_id = team_branches.team_id
        inner join
            hours on team_branches.member_team_id = hours.team_id and scopes.month_start_date = hours.month_start_date
        inner join
            deliverables
            on hours.deliverable_id = deliverables.deliverable_id
            and scopes.month_start_date between deliverables.first_month_date and deliverables.last_month_date
        where scopes.scope = 'team'
        group by scopes.scope, scopes.scope_id, scopes.month_start_date, hours.deliverable_id
    ),

    team_days as (
        select
            scopes.scope,
            scopes.scope_id,
            scopes.month_start_date,
            days.deliverable_id,
            days.days,
            coalesce(
                sum(days.unknown_days) over (partition by scopes.scope_id, scopes.month_start_date), 0
            ) as all_unknown_days
        from scopes
        inner join team_branches on scopes.scope_id = team_branches.team_id
        inner join
            deliverables
            on team_branches.member_team_id = deliverables.team_id
            and scopes.month_start_date between deliverables.first_month_date and deliverables.last_month_date
        inner join
            days
            on deliverables.deliverable_id = days.deliverable_id
            and scopes.month_start_date = days.month_start_date
        anti join
            team_hours
            on scopes.scope_id = team_hours.scope_id
            and scopes.month_start_date = team_hours.month_start_date
        where scopes.scope = 'team'
    ),

    -- where a status is unknown, days in progress are too
    team_weights_by_days as (
        select
            scope,
            scope_id,
            month_start_date,
            deliverable_id,
            case when all_unknown_days = 0 then 'days_in_progress' else 'equal' end as allocation_basis,
            case when all_unknown_days = 0 then days else 1 end as weight
        from team_days
    ),

    weights as (
        select *
        from weights_by_first_known_basis
        union all
        select *
        from team_hours
        union all
        select *
        from team_weights_by_days
    )

select
    scope,
    scope_id,
    month_start_date,
    deliverable_id,
    allocation_basis,
    weight,
    sum(weight) over (partition by scope, scope_id, month_start_date) as total_weight,
    -- which of two parts with equal remainders gets a unit that is left
    row_number() over (
        partition by scope, scope_id, month_start_date order by weight desc, deliverable_id
    ) as precedence
from weights
where weight > 0
