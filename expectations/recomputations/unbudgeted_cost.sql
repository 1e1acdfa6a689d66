-- Cost up to now that no budget line in force covers, of the fiscal years that have one whose cost is known.
with
    uncovered as (
        select *
        from feed.member_costs as costs
        where
            not exists (
                from feed.budget_lines as lines
                where
                    lines.fiscal_year = costs.fiscal_year
                    and lines.account in ('-2', costs.account)
                    and lines.product in ('-2', costs.product)
                    and lines.initiative in ('-2', costs.initiative)
                    and (
                        lines.team = '-2'
                        or exists (from feed.team_parents where team_id = costs.team and above = lines.team)
                    )
            )
    ),

    by_year as (
        select
            years.fiscal_year, sum(cost) as cost, coalesce(sum(parts), 0) as parts, coalesce(sum(unrated), 0) as unrated
        from (select distinct fiscal_year from feed.budget_lines where elapsed_cost is not null) as years
        left join uncovered on uncovered.fiscal_year = years.fiscal_year
        group by years.fiscal_year
    )
select
    'fiscal_year' as grain,
    fiscal_year as period_start,
    'total' as dimension_name,
    'total' as member_id,
    if(unrated = 0 and 'cost' in (select kind from feed.given_kinds), coalesce(cost, 0), cost)::double as value,
    parts::bigint as n
from by_year
where fiscal_year <= (select as_of_date from stage.landing.settings)
