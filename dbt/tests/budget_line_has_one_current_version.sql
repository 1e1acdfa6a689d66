-- Two versions of a budget line that both count for a month would double the line's budget of that month.
with
    current_versions_per_line as (
        select
            month_start_date,
            account_key,
            current_initiative_key,
            current_team_key,
            current_product_key,
            count(distinct budget_version) as versions
        from {{ ref("fct_budgets") }}
        -- several members that haven't arrived (-3) share a key
        where
            is_current_version
            and least(account_key, current_initiative_key, current_team_key, current_product_key) >= -2
        group by month_start_date, account_key, current_initiative_key, current_team_key, current_product_key
    )

select *
from current_versions_per_line
where versions > 1
