-- one row per month, scope and version of a budget: initiatives as approved, the cloud of each product and overhead by
-- fiscal year, so that no two scopes overlap; from the second year on, a half-year forecast replaces all of it. What
-- teams
-- book on no initiative has no budget
with
    approvals as (select * from approvals),

    cost_entries as (select * from cost_entries),

    years as (select range as y, (first_day() + to_months(12 * range::integer))::date as begins_on from range(3)),

    months as (
        select
            range as m,
            (first_day() + to_months(range::integer))::date as month,
            (years.begins_on - interval 15 day)::date as planned_on,
            case when years.y > 0 then (years.begins_on - interval 15 day + interval 7 month)::date end as forecast_on
        from range(36)
        inner join years on divide(range, 12) = years.y
    ),

    run_costs as (
        select product_k, account_code, sum(reporting_amount)::double / 36 as a_month
        from cost_entries
        where account_code in ('6400', '6900')
        group by all
    ),

    of_run_costs as (
        select
            run_costs.product_k,
            null::varchar as initiative_id,
            run_costs.account_code,
            months.month,
            'EUR' as currency,
            months.planned_on as known_on,
            months.forecast_on,
            round(
                run_costs.a_month
                * (0.9 + 0.2 * chance('budget', concat(run_costs.account_code, run_costs.product_k, '-', months.m))),
                -1
            ) as amount
        from run_costs
        cross join months
    ),

    of_initiatives as (
        select
            null::bigint as product_k,
            approvals.initiative_id,
            null::varchar as account_code,
            months.month,
            approvals.currency,
            approvals.planned_start_date as known_on,
            months.forecast_on,
            round(approvals.amount / 10, 2)::double as amount
        from approvals
        inner join months on months.month between approvals.planned_start_date and (approvals.planned_start_date + 305)
    ),

    budgeted as (
        select *
        from of_run_costs
        union all
        select *
        from of_initiatives
    ),

    -- later approvals are added to the forecast, as a version must be complete
    versions as (
        select * exclude (known_on, forecast_on), 'original' as budget_version, known_on as version_date
        from budgeted
        where forecast_on is null or known_on < forecast_on
        union all
        select
            * exclude (known_on, forecast_on) replace (
                case
                    when initiative_id is null and month(month) < 7 then round(amount * 1.06, -1) else amount
                end as amount
            ),
            'forecast' as budget_version,
            greatest(known_on, forecast_on) as version_date
        from budgeted
        where forecast_on is not null
    )

select
    format(
        'BUD-{}-{}-{}',
        coalesce(initiative_id, concat(account_code, '-' || product_k)),
        strftime(month, '%Y-%m'),
        budget_version
    ) as budget_id,
    *
from versions
