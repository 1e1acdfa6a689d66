with
    lines as (select * from {{ ref("msr_budget_lines") }}),

    accounts as (select * from {{ ref("dim_account") }}),

    initiatives as (select * from {{ ref("dim_initiative") }}),

    teams as (select * from {{ ref("dim_team") }}),

    products as (select * from {{ ref("dim_product") }}),

    budget_lines as (
        select
            lines.budget_line_key,
            lines.fiscal_year_start_date,
            lines.account_key,
            lines.initiative_key,
            lines.team_key,
            lines.product_key,
            case when lines.account_key <> -2 then accounts.account_name end as account_name,
            case when lines.initiative_key <> -2 then initiatives.initiative_name end as initiative_name,
            case when lines.team_key <> -2 then teams.team_name end as team_name,
            case when lines.product_key <> -2 then products.product_name end as product_name,
            cast(lines.budget as decimal(28, 4)) as budget_reporting_amount,
            cast(lines.budget_to_date as decimal(28, 4)) as budget_to_date_reporting_amount,
            cast(lines.cost_to_date as decimal(28, 4)) as cost_to_date_reporting_amount,
            cast(lines.cost_to_date - lines.budget_to_date as decimal(28, 4)) as variance_reporting_amount,
            cast(
                lines.budget - lines.budget_to_date + lines.cost_to_date as decimal(28, 4)
            ) as forecast_reporting_amount,
            cast(lines.budget_rows as bigint) as budget_rows,
            cast(lines.rows_unrated + lines.costs_unrated_to_date as bigint) as rows_without_rate,
            lines.is_counted,
            lines.overlapped_line_key
        from lines
        inner join accounts on lines.account_key = accounts.account_key
        inner join initiatives on lines.initiative_key = initiatives.initiative_key
        inner join teams on lines.team_key = teams.team_key
        inner join products on lines.product_key = products.product_key
    )

select *
from budget_lines
