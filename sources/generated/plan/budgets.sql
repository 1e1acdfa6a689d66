-- one row a month, scope and version of a budget: teams by fiscal year and half-year forecast, initiatives as approved
with
    teams as (select * from teams where k >= 0 and born_on = first_day()),

    initiatives as (select * from initiatives),

    counts as (select getvariable('ledger')::double * 225 / 36 / getvariable('teams')::bigint as a_month),

    months as (select range as m, (first_day() + to_months(range::integer))::date as month from range(36)),

    of_teams as (
        select
            teams.team_id,
            null::varchar as initiative_id,
            '6100' as account_code,
            months.month,
            'EUR' as currency,
            'original' as budget_version,
            (first_day() + to_months(12 * (divide(months.m, 12))::integer) - interval 15 day)::date as version_date,
            round(counts.a_month * (0.85 + 0.3 * chance('budget', concat(teams.k, months.m))), -1) as amount
        from teams
        cross join months
        cross join counts
    ),

    forecasts as (
        select
            * replace (
                'forecast' as budget_version,
                (version_date + interval 7 month)::date as version_date,
                round(amount * case when month(month) < 7 then 1.06 else 1.0 end, -1) as amount
            )
        from of_teams
        where month >= date '2024-07-01'
    ),

    of_initiatives as (
        select
            null::varchar as team_id,
            initiatives.initiative_id,
            null::varchar as account_code,
            months.month,
            initiatives.approved_currency as currency,
            'original' as budget_version,
            initiatives.planned_start_date as version_date,
            round(initiatives.approved_amount / 10, 2)::double as amount
        from initiatives
        inner join
            months on months.month between initiatives.planned_start_date and (initiatives.planned_start_date + 305)
    ),

    all_budgets as (
        select *
        from of_teams
        union all
        select *
        from forecasts
        union all
        select *
        from of_initiatives
    )

select
    format('BUD-{}-{}-{}', coalesce(team_id, initiative_id), strftime(month, '%Y-%m'), budget_version) as budget_id, *
from all_budgets
