with
    budgets as (select * from {{ ref("fct_budgets") }} where is_current_version),

    compared_months as (select * from {{ ref("msr_compared_months") }}),

    compared_years as (select distinct fiscal_year_start_date from compared_months),

    initiatives as (select * from {{ ref("dim_initiative") }}),

    teams as (select team_key, team_id from {{ ref("dim_team") }} where is_latest),

    products as (select product_key, product_id from {{ ref("dim_product") }} where is_latest),

    sums_per_line as (
        select
            budgets.fiscal_year_start_date,
            budgets.account_key,
            budgets.current_initiative_key as initiative_key,
            budgets.current_team_key as team_key,
            budgets.current_product_key as product_key,
            min(budgets.budget_id) as first_budget_id,
            count(*) as budget_rows,
            count(*) filter (not budgets.has_rate) as rows_unrated,
            sum(budgets.budget_reporting_amount) as budget,
            count(compared_months.month_start_date) as rows_to_date,
            count(compared_months.month_start_date) filter (not budgets.has_rate) as rows_unrated_to_date,
            sum(budgets.budget_reporting_amount) filter (
                compared_months.month_start_date is not null
            ) as budget_of_compared_months
        from budgets
        left join compared_months on budgets.month_start_date = compared_months.month_start_date
        group by
            budgets.fiscal_year_start_date,
            budgets.account_key,
            budgets.current_initiative_key,
            budgets.current_team_key,
            budgets.current_product_key
    ),

    -- the rank says which of two overlapping lines holds: the broader; an initiative's after those of which it is a
    -- part
    budget_sums as (
        select
            {{
                surrogate_key(
                    [
                        "sums_per_line.fiscal_year_start_date",
                        "sums_per_line.account_key",
                        "sums_per_line.initiative_key",
                        "sums_per_line.team_key",
                        "sums_per_line.product_key",
                    ]
                )
            }} as budget_line_key,
            sums_per_line.* exclude (first_budget_id, budget_of_compared_months),
            -- a line whose rows all lie ahead has planned nothing so far
            case
                when compared_years.fiscal_year_start_date is not null and sums_per_line.rows_to_date = 0
                then 0
                else sums_per_line.budget_of_compared_months
            end as budget_to_date,
            case
                when sums_per_line.team_key = -2 then coalesce(teams.team_key, -2) else sums_per_line.team_key
            end as owning_team_key,
            case
                when sums_per_line.product_key = -2
                then coalesce(products.product_key, -2)
                else sums_per_line.product_key
            end as owning_product_key,
            row_number() over (
                partition by sums_per_line.fiscal_year_start_date
                order by
                    sums_per_line.initiative_key <> -2,
                    cast(sums_per_line.account_key <> -2 as integer)
                    + cast(sums_per_line.team_key <> -2 as integer)
                    + cast(sums_per_line.product_key <> -2 as integer),
                    sums_per_line.budget desc nulls last,
                    sums_per_line.first_budget_id
            ) as line_rank
        from sums_per_line
        left join compared_years on sums_per_line.fiscal_year_start_date = compared_years.fiscal_year_start_date
        left join initiatives on sums_per_line.initiative_key = initiatives.initiative_key
        left join teams on initiatives.team_id = teams.team_id
        left join products on initiatives.product_id = products.product_id
    )

select *
from budget_sums
