-- one row per budget row in force: of its line (account, team, product, initiative) and month the latest version known
-- by now, or of the whole fiscal year where a version replaces it; in the reporting currency at the rate of the month's
-- end, for a future month at the latest known (NULL without a rate). What a line doesn't name is -2
with
    budget_years as (
        select
            budgets.*,
            (
                date_trunc('year', month - to_months(fiscal_year_start_month::int - 1))
                + to_months(fiscal_year_start_month::int - 1)
            )::date as fiscal_year,
            -- as members are published: unknown -1, none -2, one that no source has -3
            case
                when budgets.account_code is null
                then '-2'
                when lower(budgets.account_code) = 'unknown'
                then '-1'
                when budgets.account_code in (select account_code from feed.accounts)
                then budgets.account_code
                else '-3'
            end as account,
            if(
                budget_version_replaces = 'whole',
                [],
                [
                    coalesce(budgets.account_code, '~'),
                    coalesce(budgets.team_id, '~'),
                    coalesce(budgets.product_id, '~'),
                    coalesce(budgets.initiative_id, '~')
                ]
            ) as replaced
        from feed.budgets as budgets
        cross join stage.landing.settings
        where version_date <= as_of_date
    ),

    -- a version may arrive in parts: the version with the latest part counts, with all its parts
    known_versions as (
        select fiscal_year, replaced, budget_version, max(version_date) as version_date from budget_years group by all
    ),

    -- a month that a version doesn't name keeps the latest that does
    named_months as (
        select distinct fiscal_year, replaced, budget_version, if(replaced = [], null, month) as replaced_month
        from budget_years
    ),

    latest_versions as (
        select
            fiscal_year,
            replaced,
            replaced_month,
            arg_max(budget_version, (version_date, budget_version)) as budget_version
        from known_versions
        inner join named_months using (fiscal_year, replaced, budget_version)
        group by all
    )
select budget_id, fiscal_year, month, account, team, product, initiative, round(amount * rate, 4) as reporting_amount
from budget_years
inner join latest_versions using (fiscal_year, replaced, budget_version)
cross join stage.landing.settings
left join
    feed.rates as rates
    on rates.currency = budget_years.currency
    and least(last_day(month), as_of_date) between first_day and rates.last_day
where month = coalesce(replaced_month, month)
