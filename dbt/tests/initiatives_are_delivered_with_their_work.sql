-- Delivery decides when an initiative is judged: it is done, has ended, or all of its work is delivered or cancelled.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    work_per_initiative as (
        select
            current_initiative_key as initiative_key,
            bool_or(is_delivered) and bool_and(is_delivered or is_cancelled) as is_all_delivered,
            max(delivery_date) as last_delivery_date
        from {{ ref("fct_deliverables") }}
        group by current_initiative_key
    ),

    initiatives as (
        select
            initiatives.initiative_key,
            initiatives.stage,
            case
                when initiatives.ended_at <= settings.as_of_at
                then cast(timezone(settings.time_zone, timezone('UTC', initiatives.ended_at)) as date)
            end as ended_date,
            coalesce(work.is_all_delivered, false) as is_all_delivered,
            work.last_delivery_date
        from {{ ref("dim_initiative") }} as initiatives
        cross join settings
        left join work_per_initiative as work on initiatives.initiative_key = work.initiative_key
        where initiatives.is_latest and initiatives.initiative_key > 0
    )

select shown.entity_id, shown.is_delivered, shown.delivery_date, initiatives.ended_date, initiatives.last_delivery_date
from {{ ref("value_realization") }} as shown
inner join initiatives on shown.entity_key = initiatives.initiative_key
where
    shown.level = 'initiative'
    and (
        shown.is_delivered
        <> (initiatives.stage = 'done' or initiatives.ended_date is not null or initiatives.is_all_delivered)
        or shown.delivery_date is distinct from case
            when shown.is_delivered then coalesce(initiatives.ended_date, initiatives.last_delivery_date)
        end
    )
