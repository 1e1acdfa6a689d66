-- one row per month, scope and version of a budget: teams' salaries by fiscal year, initiatives' contractors as approved;
-- from the second year on, a half-year forecast replaces all of it
with
    teams as (select * from teams where k >= 0 and born_on = first_day()),

    initiatives as (select * from initiatives),

    counts as (select getvariable('ledger')::double * 225 / 36 / getvariable('teams')::bigint as a_month),

    years as (select range as y, (first_day() + to_months(12 * range::integer))::date as begins_on from range(3)),

    months as (
        select
            range as m,
            (first_day() + to_months(range::integer))::date as month,
            (years.begins_on - interval 15 day)::date as planned_on,
            case when years.y > 0 then (years.begins_on - interval 15 day + interval 7 month)::date end as forecast_on
        from range(36)
        inner join years on divide(range, 12) = years.y
    ),

    of_teams as (
        select
            teams.team_id,
            null::varchar as initiative_id,
            '6100' as account_code,
            months.month,
            'EUR' as currency,
            months.planned_on as known_on,
            months.forecast_on,
            round(counts.a_month * (0.85 + 0.3 * chance('budget', concat(teams.k, months.m))), -1) as amount
        from teams
        cross join months
        cross join counts
    ),

    of_initiatives as (
        select
            null::varchar as team_id,
            initiatives.initiative_id,
            '6200' as account_code,
            months.month,
            initiatives.approved_currency as currency,
            initiatives.planned_start_date as known_on,
            months.forecast_on,
            round(initiatives.approved_amount / 10, 2)::double as amount
        from initiatives
        inner join
            months on months.month between initiatives.planned_start_date and (initiatives.planned_start_date + 305)
    ),

    budgeted as (
        select *
        from of_teams
        union all
        select *
        from of_initiatives
    ),

    -- later approvals are added to the forecast, as a version must be complete
    versions as (
        select * exclude (known_on, forecast_on), 'original' as budget_version, known_on as version_date
        from budgeted
        where forecast_on is null or known_on < forecast_on
        union all
        select
            * exclude (known_on, forecast_on) replace (
                case
                    when team_id is not null and month(month) < 7 then round(amount * 1.06, -1) else amount
                end as amount
            ),
            'forecast' as budget_version,
            greatest(known_on, forecast_on) as version_date
        from budgeted
        where forecast_on is not null
    )

select
    format('BUD-{}-{}-{}', coalesce(team_id, initiative_id), strftime(month, '%Y-%m'), budget_version) as budget_id, *
from versions
