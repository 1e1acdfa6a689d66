with
    versions as (select * from {{ ref("int_initiative_versions") }} where is_latest),

    settings as (select * from {{ ref("stg_settings") }}),

    deliverables as (select * from {{ ref("int_deliverables") }} where lower(initiative_id) <> 'unknown'),

    work_per_initiative as (
        select
            initiative_id,
            count(*) as deliverables,
            count(*) filter (is_delivered) as deliverables_delivered,
            count(*) filter (not is_delivered and not is_cancelled) as deliverables_open,
            count(*) filter (is_on_time) as deliverables_on_time,
            count(*) filter (is_due) as deliverables_due,
            max(delivery_date) as last_delivery_date,
            max(first_delivery_date) as last_first_delivery_date
        from deliverables
        group by initiative_id
    ),

    initiatives as (
        select
            versions.*,
            coalesce(work.deliverables, 0) as deliverables,
            coalesce(work.deliverables_delivered, 0) as deliverables_delivered,
            coalesce(work.deliverables_due, 0) as deliverables_due,
            coalesce(work.deliverables_on_time, 0) as deliverables_on_time,
            versions.stage = 'done'
            or coalesce(versions.ended_at <= settings.as_of_at, false)
            or (
                coalesce(work.deliverables_delivered, 0) > 0 and coalesce(work.deliverables_open, 0) = 0
            ) as is_delivered,
            case
                when versions.ended_at <= settings.as_of_at
                then {{ local_date("versions.ended_at", "settings.time_zone") }}
                else work.last_delivery_date
            end as delivery_date,
            case
                when versions.ended_at <= settings.as_of_at
                then {{ local_date("versions.ended_at", "settings.time_zone") }}
                else work.last_first_delivery_date
            end as first_delivery_date
        from versions
        cross join settings
        left join work_per_initiative as work on versions.initiative_id = work.initiative_id
    )

select *
from initiatives
