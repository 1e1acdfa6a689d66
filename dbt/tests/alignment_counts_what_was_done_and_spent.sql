-- How much of the work serves an outcome is the first question of a steering group: told here from the facts, and at
-- each cut.
{{ config(meta={"dagster": {"ref": {"name": "alignment"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    run_items as (
        select named.deliverable_key
        from {{ ref("dim_deliverable") }} as named
        where named.item_type in (select unnest(run_item_types) from settings)
    ),

    outcomes as (
        select deliverable_key, max(case when evidence_level = 'direct' then 1 else 0 end) as is_direct
        from {{ ref("bridge_deliverable_key_result") }}
        where is_outcome
        group by deliverable_key
    ),

    work as (
        select
            make_date(year(facts.delivery_date), month(facts.delivery_date), 1) as month_start_date,
            facts.current_team_key as team_key,
            facts.current_product_key as product_key,
            facts.deliverable_key,
            1 as delivered,
            0.0000 as cost
        from {{ ref("fct_deliverables") }} as facts
        where facts.is_delivered and facts.delivery_date <= (select as_of_date from settings)
        union all
        select
            cost_month_date, team_key, product_key, deliverable_key, 0 as delivered, allocated_reporting_amount as cost
        from {{ ref("fct_cost_allocations") }}
        where allocated_reporting_amount is not null
    ),

    judged as (
        select
            work.*,
            run_items.deliverable_key is not null as is_run,
            run_items.deliverable_key is null and outcomes.deliverable_key is not null as is_aligned,
            run_items.deliverable_key is null and outcomes.is_direct = 1 as is_directly_aligned
        from work
        left join run_items on work.deliverable_key = run_items.deliverable_key
        left join outcomes on work.deliverable_key = outcomes.deliverable_key
    ),

    expected as (
        select
            month_start_date,
            case
                grouping_id(team_key, product_key) when 1 then 'team' when 2 then 'product' else 'total'
            end as dimension_name,
            coalesce(team_key, product_key, 0) as member_key,
            sum(delivered) as delivered,
            coalesce(sum(delivered) filter (is_run), 0) as run,
            coalesce(sum(delivered) filter (is_aligned), 0) as aligned,
            coalesce(sum(delivered) filter (is_directly_aligned), 0) as directly,
            sum(cost) as cost,
            coalesce(sum(cost) filter (is_run), 0) as cost_run,
            coalesce(sum(cost) filter (is_aligned), 0) as cost_aligned,
            coalesce(sum(cost) filter (deliverable_key < 0), 0) as cost_unallocated
        from judged
        group by grouping sets ((month_start_date), (month_start_date, team_key), (month_start_date, product_key))
    )

select
    coalesce(shown.month_start_date, expected.month_start_date) as month_start_date,
    shown.dimension_name,
    shown.member_key
from {{ ref("alignment") }} as shown
full outer join
    expected
    on shown.month_start_date = expected.month_start_date
    and shown.dimension_name = expected.dimension_name
    and shown.member_key = expected.member_key
where
    shown.alignment_key is null
    or expected.month_start_date is null
    or shown.deliverables_delivered <> expected.delivered
    or shown.deliverables_run <> expected.run
    or shown.deliverables_aligned <> expected.aligned
    or shown.deliverables_directly_aligned <> expected.directly
    or abs(shown.cost_reporting_amount - expected.cost) > 0.0001
    or abs(shown.run_cost_reporting_amount - expected.cost_run) > 0.0001
    or abs(shown.aligned_cost_reporting_amount - expected.cost_aligned) > 0.0001
    or abs(shown.unallocated_cost_reporting_amount - expected.cost_unallocated) > 0.0001
    or (shown.aligned_work_share is null) <> (expected.delivered = expected.run)
    or abs(shown.aligned_work_share * (expected.delivered - expected.run) - expected.aligned) > 0.000001
    or (shown.aligned_cost_share is null) <> (expected.cost <= expected.cost_run)
    or abs(shown.aligned_cost_share * (expected.cost - expected.cost_run) - expected.cost_aligned) > 0.001
