-- one row per benefit, month and scenario: six months from delivery on, in the multiple of direct cost that is planted
with
    initiatives as (select * from initiatives),

    costs as (select * from direct_costs),

    key_results as (select * from key_results where not is_output and not is_hold and not is_by_metric),

    named as (select objective_id, min(key_result_id) as key_result_id from key_results group by objective_id),

    begun as (
        select
            initiatives.k,
            initiatives.initiative_id,
            initiatives.archetype,
            initiatives.benefit,
            costs.direct_cost,
            case when initiatives.archetype = 1 then named.key_result_id end as key_result_id,
            date_trunc(
                'month', coalesce(initiatives.delivered_on, initiatives.planned_end_date - 400, initiatives.started_on)
            )::date as first_month,
            (['revenue', 'cost_saving', 'efficiency', 'customer'])[initiatives.k % 4 + 1] as benefit_category
        from initiatives
        inner join costs on initiatives.initiative_id = costs.initiative_id
        left join named on initiatives.objective_id = named.objective_id
    ),

    months as (
        select begun.*, range as n, (first_month + to_months(range::integer))::date as month
        from begun
        cross join range(6)
    ),

    -- six parts that add up to the whole: what was lost to rounding goes into the first; what cancels out is plus and
    -- minus
    actual as (
        select
            format('B-{}', initiative_id) as benefit_id,
            months.* exclude (benefit),
            'hard' as benefit_type,
            'actual' as scenario,
            case
                when benefit = 0
                then case when n % 2 = 0 then 1 else -1 end * round(direct_cost * 0.05, 2)
                when n = 0
                then round(direct_cost * benefit, 2) - 5 * round(direct_cost * benefit / 6, 2)
                else round(direct_cost * benefit / 6, 2)
            end as amount
        from months
        where benefit is not null and archetype <> 14
    ),

    just_begun as (
        select
            format('B-{}', initiative_id) as benefit_id,
            months.* exclude (benefit),
            'hard' as benefit_type,
            'actual' as scenario,
            round(direct_cost * benefit, 2) as amount
        from months
        where archetype = 14 and n = 0
    ),

    soft as (
        select
            format('BS-{}', initiative_id) as benefit_id,
            months.* exclude (benefit),
            'soft' as benefit_type,
            'actual' as scenario,
            round(direct_cost * 0.1, 2) as amount
        from months
        where archetype in (6, 13) and n < 3
    ),

    -- a plan of three months is over by now; what is not returned yet, or cancels out so far, has a month ahead
    planned as (
        select
            format('B-{}', initiative_id) as benefit_id,
            months.* exclude (benefit, month),
            case
                when archetype in (5, 8) and n = 5
                then (date_trunc('month', last_day_known()) + interval 3 month)::date
                else month
            end as month,
            'hard' as benefit_type,
            'planned' as scenario,
            round(direct_cost * 0.3, 2) as amount
        from months
        where (benefit is not null or archetype = 13) and (archetype <> 10 or n < 3)
    ),

    all_benefits as (
        select *
        from actual
        union all
        select *
        from just_begun
        union all
        select *
        from soft
        union all
        select *
        from planned
    )

select
    benefit_id,
    initiative_id,
    archetype,
    key_result_id,
    month,
    benefit_type,
    benefit_category,
    scenario,
    amount::decimal(28, 2) as amount,
    case when archetype = 3 then 'GBP' else 'EUR' end as currency,
    case when scenario = 'actual' then 'controlling, month end' end as evidence,
    least(folder_of(month), last_day_known()) as folder
from all_benefits
where scenario = 'planned' or month <= last_day_known()
