-- Both levels count the same deliverables: an initiative's counts are those of its deliverables, no more and no fewer.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    counted as (
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

    disagreeing as (
        select
            shown.level,
            shown.entity_id,
            shown.deliverables,
            shown.deliverables_delivered,
            shown.deliverables_due,
            shown.deliverables_on_time,
            counted.deliverables as deliverables_expected,
            counted.delivered as delivered_expected,
            counted.due as due_expected,
            counted.on_time as on_time_expected
        from {{ ref("value_realization") }} as shown
        cross join work
        left join counted on shown.level = counted.level and shown.entity_key = counted.entity_key
        where
            shown.deliverables is distinct from case when work.is_known then coalesce(counted.deliverables, 0) end
            or shown.deliverables_delivered
            is distinct from case when work.is_known then coalesce(counted.delivered, 0) end
            or shown.deliverables_due is distinct from case when work.is_known then coalesce(counted.due, 0) end
            or shown.deliverables_on_time is distinct from case when work.is_known then coalesce(counted.on_time, 0) end
    )

select *
from disagreeing
