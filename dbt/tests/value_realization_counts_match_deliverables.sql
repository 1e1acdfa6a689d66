-- Both levels count the same deliverables: an initiative's counts are the counts of its deliverables.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    expected_counts as (
        select
            'deliverable' as level,
            deliverable_key as entity_key,
            1 as deliverables,
            cast(is_delivered as integer) as delivered,
            cast(is_due as integer) as due,
            cast(is_on_time as integer) as on_time
        from {{ ref("fct_deliverables") }}
        union all
        select
            'initiative' as level,
            current_initiative_key as entity_key,
            count(*) as deliverables,
            count(*) filter (is_delivered) as delivered,
            count(*) filter (is_due) as due,
            count(*) filter (is_on_time) as on_time
        from {{ ref("fct_deliverables") }}
        group by current_initiative_key
    ),

    -- without data on work there is nothing to count
    work as (select count(*) > 0 as is_known from {{ ref("int_feed_days") }} where feed = 'work_items'),

    differences as (
        select
            shown.level,
            shown.entity_id,
            shown.deliverables,
            shown.deliverables_delivered,
            shown.deliverables_due,
            shown.deliverables_on_time,
            expected_counts.deliverables as deliverables_expected,
            expected_counts.delivered as delivered_expected,
            expected_counts.due as due_expected,
            expected_counts.on_time as on_time_expected
        from {{ ref("value_realization") }} as shown
        cross join work
        left join
            expected_counts on shown.level = expected_counts.level and shown.entity_key = expected_counts.entity_key
        where
            shown.deliverables
            is distinct from case when work.is_known then coalesce(expected_counts.deliverables, 0) end
            or shown.deliverables_delivered
            is distinct from case when work.is_known then coalesce(expected_counts.delivered, 0) end
            or shown.deliverables_due is distinct from case when work.is_known then coalesce(expected_counts.due, 0) end
            or shown.deliverables_on_time
            is distinct from case when work.is_known then coalesce(expected_counts.on_time, 0) end
    )

select *
from differences
