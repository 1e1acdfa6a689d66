with
    lines as (select * from {{ ref("msr_budget_sums") }}),

    costs as (select * from {{ ref("msr_budget_costs") }}),

    budget_teams as (select * from {{ ref("msr_budget_teams") }}),

    cost_kind as (select count(*) > 0 as is_cost_given from {{ ref("int_given_kinds") }} where kind = 'cost'),

    costs_per_line as (
        select budget_line_key, sum(cost_to_date) as cost_to_date, sum(rows_unrated_to_date) as rows_unrated_to_date
        from costs
        group by budget_line_key
    ),

    distinct_costs as (
        select distinct fiscal_year_start_date, account_key, initiative_key, team_key, product_key, cost from costs
    ),

    -- where most cost of a year names no product, say, a product that none names may have had any, which isn't 0
    unnamed_members as (
        select
            fiscal_year_start_date,
            coalesce(sum(cost) filter (initiative_key <> -2), 0) * 2 < sum(cost) as is_mostly_without_initiative,
            coalesce(sum(cost) filter (team_key <> -2), 0) * 2 < sum(cost) as is_mostly_without_team,
            coalesce(sum(cost) filter (product_key <> -2), 0) * 2 < sum(cost) as is_mostly_without_product
        from distinct_costs
        group by fiscal_year_start_date
    ),

    -- a line lies within another if it names all that the other names, or is of an initiative that belongs to it
    nested_lines as (
        select outer_lines.budget_line_key as broader_line_key, lines.budget_line_key
        from lines
        inner join budget_teams on lines.owning_team_key = budget_teams.member_team_key
        inner join
            lines as outer_lines
            on lines.fiscal_year_start_date = outer_lines.fiscal_year_start_date
            and lines.line_rank > outer_lines.line_rank
            and budget_teams.team_key = outer_lines.team_key
            and outer_lines.account_key in (-2, lines.account_key)
            and outer_lines.initiative_key in (-2, lines.initiative_key)
            and outer_lines.product_key in (-2, lines.owning_product_key)
    ),

    -- two lines also overlap where one cost falls in both
    crossing_lines as (
        select distinct outer_costs.budget_line_key as broader_line_key, costs.budget_line_key
        from costs
        inner join
            costs as outer_costs
            on costs.fiscal_year_start_date = outer_costs.fiscal_year_start_date
            and costs.account_key = outer_costs.account_key
            and costs.initiative_key = outer_costs.initiative_key
            and costs.team_key = outer_costs.team_key
            and costs.product_key = outer_costs.product_key
        inner join lines on costs.budget_line_key = lines.budget_line_key
        inner join lines as outer_lines on outer_costs.budget_line_key = outer_lines.budget_line_key
        where lines.line_rank > outer_lines.line_rank
    ),

    overlapping_lines as (
        select broader_line_key, budget_line_key
        from nested_lines
        union distinct
        select broader_line_key, budget_line_key
        from crossing_lines
    ),

    overlap_per_line as (
        select
            lines.budget_line_key,
            min_by(outer_lines.budget_line_key, outer_lines.line_rank) as overlapped_line_key,
            bool_or(lines.initiative_key = outer_lines.initiative_key) as is_within_own_initiative
        from overlapping_lines
        inner join lines on overlapping_lines.budget_line_key = lines.budget_line_key
        inner join lines as outer_lines on overlapping_lines.broader_line_key = outer_lines.budget_line_key
        group by lines.budget_line_key
    ),

    budget_lines as (
        select
            lines.* exclude (owning_team_key, owning_product_key, line_rank),
            case
                when
                    costs_per_line.budget_line_key is null
                    and (
                        (lines.initiative_key <> -2 and unnamed_members.is_mostly_without_initiative)
                        or (lines.team_key <> -2 and unnamed_members.is_mostly_without_team)
                        or (lines.product_key <> -2 and unnamed_members.is_mostly_without_product)
                    )
                then null
                when cost_kind.is_cost_given and coalesce(costs_per_line.rows_unrated_to_date, 0) = 0
                then coalesce(costs_per_line.cost_to_date, 0)
                else costs_per_line.cost_to_date
            end as cost_to_date,
            coalesce(costs_per_line.rows_unrated_to_date, 0) as costs_unrated_to_date,
            overlap_per_line.overlapped_line_key,
            overlap_per_line.overlapped_line_key is null as is_counted,
            not coalesce(overlap_per_line.is_within_own_initiative, false) as is_counted_for_initiative
        from lines
        cross join cost_kind
        left join unnamed_members on lines.fiscal_year_start_date = unnamed_members.fiscal_year_start_date
        left join costs_per_line on lines.budget_line_key = costs_per_line.budget_line_key
        left join overlap_per_line on lines.budget_line_key = overlap_per_line.budget_line_key
    ),

    compared_lines as (
        select *, is_counted and budget_to_date is not null and cost_to_date is not null as is_compared
        from budget_lines
    )

select *
from compared_lines
