-- one row per initiative with a planned hard benefit, as itself and in the total: the benefit planned for all its
-- months, the cost planned for it (the amount approved, else the budgets of each line's latest version), NULL where
-- none is known, and up to now the planned and the actual benefit
with
    benefits as (
        select
            initiative,
            sum(reporting_amount) filter (scenario = 'planned') as benefit,
            count(*) filter (scenario = 'planned' and is_past) as planned_rows,
            sum(reporting_amount) filter (scenario = 'planned' and is_past) as planned,
            sum(reporting_amount) filter (scenario = 'actual' and is_past) as realised
        from feed.benefit_amounts
        where benefit_type = 'hard'
        group by initiative
        having bool_or(scenario = 'planned')
    ),

    -- at the rate of the day of approval
    approvals as (
        select initiative_id as initiative, round(approved_amount * rate, 4) as approved
        from
            (
                select initiative_id, approved_amount, currency, approved_at
                from feed.initiatives
                union all
                -- a deleted initiative keeps what it was approved
                select initiative_id, approved_amount, currency, approved_at
                from feed.initiatives_deleted
            ) as initiatives
        cross join stage.landing.settings
        left join
            feed.rates as rates
            on rates.currency = initiatives.currency
            and least(coalesce(((approved_at at time zone 'UTC') at time zone time_zone)::date, as_of_date), as_of_date)
            between first_day and last_day
        where approved_amount is not null
    ),

    budgets as (
        select initiative, sum(budget) as budget from feed.budget_lines where counts_for_initiative group by initiative
    )
select
    benefits.*,
    unnest(['total', 'initiative']) as dimension_name,
    unnest(['total', benefits.initiative]) as member_id,
    case
        when benefits.initiative in (select initiative from approvals)
        then (select approved from approvals where approvals.initiative = benefits.initiative)
        else budget
    end as cost
from benefits
left join budgets on budgets.initiative = benefits.initiative
