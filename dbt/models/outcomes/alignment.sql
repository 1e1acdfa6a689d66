with
    settings as (select * from {{ ref("stg_settings") }}),

    deliverables as (select * from {{ ref("fct_deliverables") }}),

    kinds as (select * from {{ ref("int_deliverable_alignment") }}),

    members as (select * from {{ ref("int_members") }}),

    delivered as (
        select
            cast({{ dbt.date_trunc("month", "deliverables.delivery_date") }} as date) as month_start_date,
            deliverables.current_team_key as team_key,
            deliverables.current_product_key as product_key,
            1 as deliverables_delivered,
            cast(kinds.is_run as integer) as deliverables_run,
            cast(coalesce(kinds.is_aligned, false) and not kinds.is_run as integer) as deliverables_aligned,
            cast(
                coalesce(kinds.is_directly_aligned, false) and not kinds.is_run as integer
            ) as deliverables_directly_aligned,
            cast(0 as decimal(28, 4)) as cost,
            cast(0 as decimal(28, 4)) as cost_run,
            cast(0 as decimal(28, 4)) as cost_aligned,
            cast(0 as decimal(28, 4)) as cost_unallocated
        from deliverables
        inner join kinds on deliverables.deliverable_key = kinds.deliverable_key
        cross join settings
        where deliverables.is_delivered and deliverables.delivery_date <= settings.as_of_date
    ),

    spent as (
        select
            allocations.cost_month_date as month_start_date,
            allocations.team_key,
            allocations.product_key,
            0 as deliverables_delivered,
            0 as deliverables_run,
            0 as deliverables_aligned,
            0 as deliverables_directly_aligned,
            allocations.allocated_reporting_amount as cost,
            case when kinds.is_run then allocations.allocated_reporting_amount else 0 end as cost_run,
            case
                when kinds.is_aligned and not kinds.is_run then allocations.allocated_reporting_amount else 0
            end as cost_aligned,
            case
                when allocations.deliverable_key < 0 then allocations.allocated_reporting_amount else 0
            end as cost_unallocated
        from {{ ref("fct_cost_allocations") }} as allocations
        left join kinds on allocations.deliverable_key = kinds.deliverable_key
        where allocations.allocated_reporting_amount is not null
    ),

    work as (
        select *
        from delivered
        union all
        select *
        from spent
    ),

    by_member as (
        select 'total' as dimension_name, cast(0 as bigint) as member_key, work.*
        from work
        union all
        select 'team' as dimension_name, team_key as member_key, work.*
        from work
        union all
        select 'product' as dimension_name, product_key as member_key, work.*
        from work
    ),

    summed as (
        select
            month_start_date,
            dimension_name,
            member_key,
            sum(deliverables_delivered) as deliverables_delivered,
            sum(deliverables_run) as deliverables_run,
            sum(deliverables_aligned) as deliverables_aligned,
            sum(deliverables_directly_aligned) as deliverables_directly_aligned,
            sum(cost) as cost,
            sum(cost_run) as cost_run,
            sum(cost_aligned) as cost_aligned,
            sum(cost_unallocated) as cost_unallocated
        from by_member
        group by month_start_date, dimension_name, member_key
    ),

    named as (
        select
            {{ surrogate_key(["summed.month_start_date", "summed.dimension_name", "summed.member_key"]) }}
            as alignment_key,
            summed.month_start_date,
            summed.dimension_name,
            summed.member_key,
            members.member_id,
            members.member_name,
            cast(summed.deliverables_delivered as bigint) as deliverables_delivered,
            cast(summed.deliverables_run as bigint) as deliverables_run,
            cast(summed.deliverables_aligned as bigint) as deliverables_aligned,
            cast(summed.deliverables_directly_aligned as bigint) as deliverables_directly_aligned,
            summed.deliverables_aligned
            / cast(nullif(summed.deliverables_delivered - summed.deliverables_run, 0) as double) as aligned_work_share,
            cast(summed.cost as decimal(28, 4)) as cost_reporting_amount,
            cast(summed.cost_run as decimal(28, 4)) as run_cost_reporting_amount,
            cast(summed.cost_aligned as decimal(28, 4)) as aligned_cost_reporting_amount,
            cast(summed.cost_unallocated as decimal(28, 4)) as unallocated_cost_reporting_amount,
            case
                when summed.cost - summed.cost_run > 0
                then cast(summed.cost_aligned as double) / cast(summed.cost - summed.cost_run as double)
            end as aligned_cost_share
        from summed
        inner join members on summed.dimension_name = members.dimension_name and summed.member_key = members.member_key
    )

select *
from named
