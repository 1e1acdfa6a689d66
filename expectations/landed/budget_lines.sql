-- one row per fiscal year and budget line in force: its budget of the year and of the months elapsed, the cost of these
-- months that it covers, and whether it counts, or a broader line that it overlaps with counts in its place
with
    lines as (
        select
            fiscal_year,
            account,
            team,
            product,
            initiative,
            min(budget_id) as line,
            sum(reporting_amount) as budget,
            count(reporting_amount) as rated,
            sum(reporting_amount) filter (month in (select month from feed.elapsed_months)) as elapsed_budget,
            count(*) filter (month in (select month from feed.elapsed_months)) as elapsed_rows
        from feed.budget_rows
        group by all
    ),

    owners as (
        select initiative_id, team_id, product_id
        from feed.initiatives
        union all
        select initiative_id, team_id, product_id
        from feed.initiatives_deleted
    ),

    -- an initiative's line is a part of its team's and its product's
    ranked as (
        select
            lines.*,
            if(team = '-2' and team_id in (select team_id from feed.team_parents), team_id, team) as owning_team,
            if(
                product = '-2'
                and product_id in (select product_id from stage.landing.products where _row_kind = 'row'),
                product_id,
                product
            ) as owning_product,
            row_number() over (
                order by
                    initiative <> '-2',
                    (account <> '-2')::int + (team <> '-2')::int + (product <> '-2')::int,
                    budget desc nulls last,
                    line
            ) as place
        from lines
        left join owners on owners.initiative_id = lines.initiative
    ),

    covered as (
        select
            ranked.line,
            ranked.place,
            ranked.fiscal_year,
            [costs.account, costs.team, costs.product, costs.initiative] as members,
            costs.month,
            costs.cost,
            costs.unrated
        from ranked
        inner join
            feed.member_costs as costs
            on costs.fiscal_year = ranked.fiscal_year
            and ranked.account in ('-2', costs.account)
            and ranked.product in ('-2', costs.product)
            and ranked.initiative in ('-2', costs.initiative)
            and (ranked.team = '-2' or ranked.team in (select above from feed.team_parents where team_id = costs.team))
    ),

    spent as (
        select line, sum(cost) as cost, sum(unrated) as unrated
        from covered
        where month in (select month from feed.elapsed_months)
        group by line
    ),

    overlapping as (
        select narrow.line, broad.initiative = narrow.initiative as is_of_same_initiative
        from ranked as narrow
        inner join
            ranked as broad
            on broad.fiscal_year = narrow.fiscal_year
            and broad.place < narrow.place
            and (
                (
                    broad.account in ('-2', narrow.account)
                    and broad.initiative in ('-2', narrow.initiative)
                    and broad.product in ('-2', narrow.owning_product)
                    and (
                        broad.team = '-2'
                        or broad.team in (select above from feed.team_parents where team_id = narrow.owning_team)
                    )
                )
                or (narrow.line, broad.line) in (
                    select (one.line, other.line)
                    from covered as one
                    inner join covered as other on other.fiscal_year = one.fiscal_year and other.members = one.members
                )
            )
    )
select
    ranked.fiscal_year,
    ranked.account,
    ranked.team,
    ranked.product,
    ranked.initiative,
    ranked.budget,
    ranked.rated,
    -- what begins later has no budget so far
    if(
        ranked.elapsed_rows = 0 and ranked.fiscal_year in (select fiscal_year from feed.elapsed_months),
        0,
        ranked.elapsed_budget
    ) as elapsed_budget,
    case
        -- where most cost of the year names no team, say, what a team cost that none names isn't known
        when
            ranked.line not in (select line from covered)
            and (
                (ranked.initiative <> '-2' and 2 * years.of_initiatives < years.cost)
                or (ranked.team <> '-2' and 2 * years.of_teams < years.cost)
                or (ranked.product <> '-2' and 2 * years.of_products < years.cost)
            )
        then null
        when coalesce(spent.unrated, 0) = 0 and 'cost' in (select kind from feed.given_kinds)
        then coalesce(spent.cost, 0)
        else spent.cost
    end as elapsed_cost,
    ranked.line not in (select line from overlapping) as counts,
    ranked.line not in (select line from overlapping where is_of_same_initiative) as counts_for_initiative
from ranked
left join spent on spent.line = ranked.line
left join
    (
        select
            fiscal_year,
            sum(cost) as cost,
            sum(if(initiative = '-2', 0, cost)) as of_initiatives,
            sum(if(team = '-2', 0, cost)) as of_teams,
            sum(if(product = '-2', 0, cost)) as of_products
        from feed.member_costs
        group by fiscal_year
    ) as years
    on years.fiscal_year = ranked.fiscal_year
