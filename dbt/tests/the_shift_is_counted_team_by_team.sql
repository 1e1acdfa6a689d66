-- Whether a pilot changes how teams work is read off two sides and their sum: each quarter is counted here once more.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "shift_to_outcomes"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    quarters as (
        select distinct
            days.quarter_start_date, cast(days.quarter_start_date + interval 3 month as date) as quarter_end_date
        from {{ ref("dim_date") }} as days
        cross join settings
        where days.quarter_start_date <= settings.as_of_date
    ),

    teams as (
        select
            quarters.*,
            teams.team_key,
            teams.valid_to,
            unnest(
                [
                    'all',
                    if(
                        teams.is_pilot
                        and (teams.pilot_start_date is null or teams.pilot_start_date < quarter_end_date),
                        'pilot',
                        'rest'
                    )
                ]
            ) as side
        from {{ ref("dim_team") }} as teams
        cross join quarters
        where teams.is_latest
    ),

    outcomes as (select distinct deliverable_key from {{ ref("bridge_deliverable_key_result") }} where is_outcome),

    work as (
        select
            teams.quarter_start_date,
            teams.side,
            sum(
                if(
                    facts.is_delivered
                    and facts.delivery_date >= quarter_start_date
                    and facts.delivery_date < quarter_end_date,
                    1,
                    0
                )
            ) as delivered,
            sum(
                if(
                    facts.is_delivered
                    and facts.delivery_date >= quarter_start_date
                    and facts.delivery_date < quarter_end_date
                    and outcomes.deliverable_key is not null,
                    1,
                    0
                )
            ) as aligned,
            sum(
                if(
                    facts.is_delivered
                    and facts.delivery_date >= quarter_start_date
                    and facts.delivery_date < quarter_end_date
                    and facts.contributor_teams > 0,
                    1,
                    0
                )
            ) as contributed,
            sum(
                if(
                    facts.is_delivered
                    and facts.delivery_date >= quarter_start_date
                    and facts.delivery_date < quarter_end_date
                    and facts.contributor_teams > 1,
                    1,
                    0
                )
            ) as crossing,
            median(
                if(
                    facts.is_delivered
                    and facts.delivery_date >= quarter_start_date
                    and facts.delivery_date < quarter_end_date,
                    facts.lead_time_days,
                    null
                )
            ) as lead_time,
            sum(
                if(facts.is_due and facts.due_date >= quarter_start_date and facts.due_date < quarter_end_date, 1, 0)
            ) as due,
            sum(
                if(
                    facts.is_on_time and facts.due_date >= quarter_start_date and facts.due_date < quarter_end_date,
                    1,
                    0
                )
            ) as on_time
        from teams
        inner join {{ ref("fct_deliverables") }} as facts on teams.team_key = facts.current_team_key
        left join outcomes on facts.deliverable_key = outcomes.deliverable_key
        group by all
    ),

    meetings as (
        select
            teams.quarter_start_date,
            teams.side,
            sum(if(facts.ritual_type = 'goal_review', 1, 0)) as reviews,
            sum(if(facts.ritual_type = 'retrospective', 1, 0)) as retrospectives,
            median(if(facts.ritual_type = 'retrospective', facts.days_since_previous, null)) as gap,
            sum(facts.actions_raised) as raised,
            sum(facts.actions_closed) as closed
        from teams
        inner join
            {{ ref("fct_rituals") }} as facts
            on teams.team_key = facts.current_team_key
            and facts.is_held
            and facts.held_date >= teams.quarter_start_date
            and facts.held_date < teams.quarter_end_date
        group by all
    ),

    goals as (
        select
            teams.quarter_start_date,
            teams.side,
            sum(if(key_results.kind = 'outcome', 1, 0)) as outcome_goals,
            sum(if(key_results.kind = 'output', 1, 0)) as output_goals
        from teams
        inner join {{ ref("dim_objective") }} as objectives on teams.team_key = objectives.team_key
        inner join
            {{ ref("stg_key_results") }} as key_results
            on objectives.objective_id = key_results.objective_id
            and not (
                key_results.start_date >= teams.quarter_end_date or key_results.due_date < teams.quarter_start_date
            )
        group by all
    ),

    checkin_days as (
        select distinct
            checkins.key_result_id,
            cast(timezone(settings.time_zone, timezone('UTC', checkins.checked_at)) as date) as day
        from {{ ref("stg_key_result_checkins") }} as checkins
        cross join settings
        where checkins.checked_at <= settings.as_of_at
    ),

    gaps as (
        select
            objectives.team_key,
            checkin_days.day,
            checkin_days.day - coalesce(
                max(checkin_days.day) over (
                    partition by checkin_days.key_result_id
                    order by checkin_days.day
                    rows between unbounded preceding and 1 preceding
                ),
                key_results.start_date
            ) as gap
        from checkin_days
        inner join {{ ref("stg_key_results") }} as key_results on checkin_days.key_result_id = key_results.key_result_id
        inner join {{ ref("dim_objective") }} as objectives on key_results.objective_id = objectives.objective_id
        where checkin_days.day >= key_results.start_date
    ),

    cadence as (
        select teams.quarter_start_date, teams.side, count(*) as checkins, median(gaps.gap) as gap
        from teams
        inner join gaps on teams.team_key = gaps.team_key
        where gaps.day >= teams.quarter_start_date and gaps.day < teams.quarter_end_date
        group by all
    ),

    sizes as (
        select quarter_start_date, side, count(*) as teams
        from teams
        where team_key > 0 and valid_to > quarter_start_date
        group by all
    )

select shown.quarter_start_date, shown.side
from {{ ref("shift_to_outcomes") }} as shown
cross join settings
left join work on shown.quarter_start_date = work.quarter_start_date and shown.side = work.side
left join meetings on shown.quarter_start_date = meetings.quarter_start_date and shown.side = meetings.side
left join goals on shown.quarter_start_date = goals.quarter_start_date and shown.side = goals.side
left join cadence on shown.quarter_start_date = cadence.quarter_start_date and shown.side = cadence.side
left join sizes on shown.quarter_start_date = sizes.quarter_start_date and shown.side = sizes.side
where
    shown.teams <> coalesce(sizes.teams, 0)
    or shown.is_partial <> (shown.quarter_start_date + interval 3 month > settings.as_of_date + 1)
    or shown.outcome_key_results <> coalesce(goals.outcome_goals, 0)
    or shown.output_key_results <> coalesce(goals.output_goals, 0)
    or shown.outcome_key_result_share
    is distinct from goals.outcome_goals / nullif(goals.outcome_goals + goals.output_goals, 0)
    or shown.deliverables_delivered <> coalesce(work.delivered, 0)
    or shown.aligned_work_share is distinct from work.aligned / nullif(work.delivered, 0)
    or shown.deliverables_with_contributors <> coalesce(work.contributed, 0)
    or shown.cross_team_share is distinct from work.crossing / nullif(work.contributed, 0)
    or shown.lead_time_days_p50 is distinct from work.lead_time
    or shown.deliverables_due <> coalesce(work.due, 0)
    or shown.on_time_share is distinct from work.on_time / nullif(work.due, 0)
    or shown.goal_reviews <> coalesce(meetings.reviews, 0)
    or shown.retrospectives <> coalesce(meetings.retrospectives, 0)
    or shown.retrospective_gap_days_p50 is distinct from meetings.gap
    or shown.actions_raised is distinct from meetings.raised
    or shown.actions_closed is distinct from meetings.closed
    or shown.action_closure_share is distinct from meetings.closed / nullif(meetings.raised, 0)
    or shown.checkins <> coalesce(cadence.checkins, 0)
    or shown.checkin_gap_days_p50 is distinct from cadence.gap
union all
select counted.quarter_start_date, counted.side
from
    (
        select quarter_start_date, side
        from work
        where delivered > 0 or due > 0
        union
        select quarter_start_date, side
        from meetings
        union
        select quarter_start_date, side
        from goals
        union
        select quarter_start_date, side
        from cadence
    ) as counted
anti join {{ ref("shift_to_outcomes") }} as shown using (quarter_start_date, side)
