with
    items as (select * from {{ ref("stg_work_items") }} where status_category in ('done', 'cancelled')),

    settings as (select * from {{ ref("stg_settings") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    closed_items as (
        select
            {{ surrogate_key(["items.work_item_id"]) }} as work_item_key,
            items.work_item_id,
            {{ local_date("items.created_at", "settings.time_zone") }} as created_date,
            items.resolution,
            {{ version_keys("team", "items.team_id") }}
        from items
        cross join settings {{ join_versions("team", "team_versions", "items.team_id", "items.created_at") }}
        where coalesce(items.done_at, items.created_at) <= settings.as_of_at
    )

select *
from closed_items
