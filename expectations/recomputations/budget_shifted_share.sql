-- Of the initiatives' budgets in the fiscal year's first version: what later versions moved from some to others.
with
    known as (
        select
            initiative,
            budget_version,
            (
                date_trunc('year', month - to_months(fiscal_year_start_month::int - 1))
                + to_months(fiscal_year_start_month::int - 1)
            )::date as fiscal_year,
            round(amount * rate, 4) as amount,
            budgets.version_date,
            budgets.budget_id
        from feed.budgets as budgets
        cross join stage.landing.settings
        left join
            feed.rates as rates
            on rates.currency = budgets.currency
            and least(last_day(month), as_of_date) between first_day and rates.last_day
        where version_date <= as_of_date and initiative not in ('-1', '-2', '-3')
    ),

    starts as (
        select fiscal_year, arg_min(budget_version, (version_date, budget_version)) as first_version
        from known
        group by fiscal_year
        having count(distinct budget_version) > 1 and count(*) = count(amount)
    ),

    changes as (
        select
            fiscal_year,
            initiative,
            coalesce(sum(amount) filter (budget_version = first_version), 0) as before,
            coalesce(sum(amount) filter (budget_id in (select budget_id from feed.budget_rows)), 0) - before as change
        from known
        inner join starts using (fiscal_year)
        group by all
    )
select
    'fiscal_year' as grain,
    fiscal_year as period_start,
    'total' as dimension_name,
    'total' as member_id,
    (least(sum(greatest(change, 0)), sum(greatest(- change, 0))) / sum(before))::double as value,
    count(*) as n
from changes
where fiscal_year <= (select as_of_date from stage.landing.settings)
group by fiscal_year
having sum(before) > 0
