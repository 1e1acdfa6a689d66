-- one row per budget row of its fiscal year's latest version known by now, in the reporting currency at the rate of the
-- month's end, for a future month at the latest known (NULL without a rate)
with
    budget_years as (
        select budgets.*, period_start as fiscal_year
        from feed.budgets as budgets
        cross join feed.settings
        inner join feed.days as days on days.day = month and days.grain = 'fiscal_year'
        where version_date <= as_of_date
    ),

    -- a version may arrive in parts: the version with the latest part counts, with all its parts
    known_versions as (
        select fiscal_year, budget_version, max(version_date) as version_date from budget_years group by all
    ),

    latest_versions as (
        select fiscal_year, arg_max(budget_version, (version_date, budget_version)) as budget_version
        from known_versions
        group by all
    )
select budget_years.*, round(amount * rate, 4) as reporting_amount
from budget_years
inner join latest_versions using (fiscal_year, budget_version)
cross join feed.settings
left join
    feed.rates as rates
    on rates.currency = budget_years.currency
    and least(last_day(month), as_of_date) between first_day and rates.last_day
