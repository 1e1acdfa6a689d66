with
    settings as (select * from {{ ref("stg_settings") }}),

    teams as (select * from {{ ref("dim_team") }} where is_latest),

    deliverables as (select * from {{ ref("fct_deliverables") }}),

    rituals as (select * from {{ ref("fct_rituals") }} where is_held),

    objectives as (select objective_id, team_key from {{ ref("dim_objective") }}),

    key_results as (select * from {{ ref("stg_key_results") }}),

    checkins as (
        select distinct
            checkins.key_result_id, {{ local_date("checkins.checked_at", "settings.time_zone") }} as checked_date
        from {{ ref("stg_key_result_checkins") }} as checkins
        cross join settings
        where checkins.checked_at <= settings.as_of_at
    ),

    linked as (
        select deliverable_key, bool_or(is_outcome) as is_aligned
        from {{ ref("int_deliverable_key_results") }}
        group by deliverable_key
    ),

    quarters as (
        select distinct
            quarter_start_date, cast({{ dbt.dateadd("month", 3, "quarter_start_date") }} as date) as quarter_end_date
        from {{ ref("dim_date") }}
    ),

    -- a team belongs to the pilot from the quarter in which it started
    sides as (
        select
            quarters.quarter_start_date,
            quarters.quarter_end_date,
            teams.team_key,
            case
                when teams.is_pilot and coalesce(teams.pilot_start_date < quarters.quarter_end_date, true)
                then 'pilot'
                else 'rest'
            end as side
        from quarters
        cross join settings
        cross join teams
        where quarters.quarter_start_date <= settings.as_of_date
    ),

    sided as (
        select *
        from sides
        union all
        select * replace ('all' as side)
        from sides
    ),

    goals as (
        select
            sided.quarter_start_date,
            sided.side,
            count(*) filter (key_results.kind = 'outcome') as outcome_key_results,
            count(*) filter (key_results.kind = 'output') as output_key_results
        from key_results
        inner join objectives on key_results.objective_id = objectives.objective_id
        inner join
            sided
            on objectives.team_key = sided.team_key
            and key_results.start_date < sided.quarter_end_date
            and key_results.due_date >= sided.quarter_start_date
        group by all
    ),

    delivered as (
        select
            sided.quarter_start_date,
            sided.side,
            count(*) as deliverables_delivered,
            count(*) filter (linked.is_aligned) as deliverables_aligned,
            count(*) filter (deliverables.contributor_teams >= 2) as deliverables_cross_team,
            count(*) filter (deliverables.contributor_teams >= 1) as deliverables_with_contributors,
            median(deliverables.lead_time_days) as lead_time_days_p50
        from deliverables
        inner join
            sided
            on deliverables.current_team_key = sided.team_key
            and deliverables.delivery_date >= sided.quarter_start_date
            and deliverables.delivery_date < sided.quarter_end_date
        left join linked on deliverables.deliverable_key = linked.deliverable_key
        where deliverables.is_delivered
        group by all
    ),

    promised as (
        select
            sided.quarter_start_date,
            sided.side,
            count(*) as deliverables_due,
            count(*) filter (deliverables.is_on_time) as deliverables_on_time
        from deliverables
        inner join
            sided
            on deliverables.current_team_key = sided.team_key
            and deliverables.due_date >= sided.quarter_start_date
            and deliverables.due_date < sided.quarter_end_date
        where deliverables.is_due
        group by all
    ),

    checked as (
        select
            checkins.checked_date,
            objectives.team_key,
            checkins.checked_date - coalesce(
                lag(checkins.checked_date) over (partition by checkins.key_result_id order by checkins.checked_date),
                key_results.start_date
            ) as gap_days
        from checkins
        inner join key_results on checkins.key_result_id = key_results.key_result_id
        inner join objectives on key_results.objective_id = objectives.objective_id
        where checkins.checked_date >= key_results.start_date
    ),

    cadence as (
        select
            sided.quarter_start_date, sided.side, median(checked.gap_days) as checkin_gap_days_p50, count(*) as checkins
        from checked
        inner join
            sided
            on checked.team_key = sided.team_key
            and checked.checked_date >= sided.quarter_start_date
            and checked.checked_date < sided.quarter_end_date
        group by all
    ),

    held as (
        select
            sided.quarter_start_date,
            sided.side,
            count(*) filter (rituals.ritual_type = 'goal_review') as goal_reviews,
            count(*) filter (rituals.ritual_type = 'retrospective') as retrospectives,
            median(rituals.days_since_previous) filter (
                rituals.ritual_type = 'retrospective'
            ) as retrospective_gap_days_p50,
            sum(rituals.actions_raised) as actions_raised,
            sum(rituals.actions_closed) as actions_closed
        from rituals
        inner join
            sided
            on rituals.current_team_key = sided.team_key
            and rituals.held_date >= sided.quarter_start_date
            and rituals.held_date < sided.quarter_end_date
        group by all
    ),

    cells as (
        select distinct sided.quarter_start_date, sided.quarter_end_date, sided.side
        from sided
        inner join
            (
                select quarter_start_date
                from goals
                union
                select quarter_start_date
                from delivered
                union
                select quarter_start_date
                from promised
                union
                select quarter_start_date
                from cadence
                union
                select quarter_start_date
                from held
            ) as known
            on sided.quarter_start_date = known.quarter_start_date
    ),

    -- a team that was gone before the quarter began isn't one of it
    team_counts as (
        select sided.quarter_start_date, sided.side, count(*) as teams
        from sided
        inner join teams on sided.team_key = teams.team_key
        where teams.team_key > 0 and teams.valid_to > sided.quarter_start_date
        group by all
    ),

    joined as (
        select
            {{ surrogate_key(["cells.quarter_start_date", "cells.side"]) }} as shift_key,
            cells.quarter_start_date,
            cells.side,
            cells.quarter_end_date > settings.as_of_date + 1 as is_partial,
            coalesce(team_counts.teams, 0) as teams,
            coalesce(goals.outcome_key_results, 0) as outcome_key_results,
            coalesce(goals.output_key_results, 0) as output_key_results,
            goals.outcome_key_results / cast(
                nullif(goals.outcome_key_results + goals.output_key_results, 0) as double
            ) as outcome_key_result_share,
            coalesce(delivered.deliverables_delivered, 0) as deliverables_delivered,
            delivered.deliverables_aligned
            / cast(nullif(delivered.deliverables_delivered, 0) as double) as aligned_work_share,
            -- who worked on it is known where hours are
            coalesce(delivered.deliverables_with_contributors, 0) as deliverables_with_contributors,
            delivered.deliverables_cross_team
            / cast(nullif(delivered.deliverables_with_contributors, 0) as double) as cross_team_share,
            coalesce(promised.deliverables_due, 0) as deliverables_due,
            promised.deliverables_on_time / cast(nullif(promised.deliverables_due, 0) as double) as on_time_share,
            delivered.lead_time_days_p50,
            coalesce(cadence.checkins, 0) as checkins,
            cast(cadence.checkin_gap_days_p50 as double) as checkin_gap_days_p50,
            coalesce(held.goal_reviews, 0) as goal_reviews,
            coalesce(held.retrospectives, 0) as retrospectives,
            cast(held.retrospective_gap_days_p50 as double) as retrospective_gap_days_p50,
            cast(held.actions_raised as bigint) as actions_raised,
            cast(held.actions_closed as bigint) as actions_closed,
            held.actions_closed / cast(nullif(held.actions_raised, 0) as double) as action_closure_share
        from cells
        cross join settings
        left join
            team_counts on cells.quarter_start_date = team_counts.quarter_start_date and cells.side = team_counts.side
        left join goals on cells.quarter_start_date = goals.quarter_start_date and cells.side = goals.side
        left join delivered on cells.quarter_start_date = delivered.quarter_start_date and cells.side = delivered.side
        left join promised on cells.quarter_start_date = promised.quarter_start_date and cells.side = promised.side
        left join cadence on cells.quarter_start_date = cadence.quarter_start_date and cells.side = cadence.side
        left join held on cells.quarter_start_date = held.quarter_start_date and cells.side = held.side
    )

select *
from joined
