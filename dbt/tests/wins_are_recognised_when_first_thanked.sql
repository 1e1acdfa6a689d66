-- A win counts as recognised from the first recognition after its delivery: a later or an earlier day would be
-- another pace.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "wins"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    recognitions as (
        select
            recognitions.work_item_id,
            recognitions.initiative_id,
            {{ local_date("recognitions.recognised_at", "settings.time_zone") }} as recognised_date
        from {{ ref("stg_recognitions") }} as recognitions
        inner join settings on recognitions.recognised_at <= settings.as_of_at
    ),

    wins as (
        select wins.level, wins.entity_id, wins.delivery_date, wins.recognised_date, initiatives.initiative_id
        from {{ ref("wins") }} as wins
        inner join
            {{ ref("value_realization") }} as judged
            on wins.level = judged.level
            and wins.entity_key = judged.entity_key
        left join {{ ref("dim_initiative") }} as initiatives on judged.initiative_key = initiatives.initiative_key
    ),

    recognitions_of_wins as (
        select wins.level, wins.entity_id, recognitions.recognised_date
        from wins
        inner join recognitions on wins.level = 'deliverable' and wins.entity_id = recognitions.work_item_id
        where recognitions.recognised_date >= coalesce(wins.delivery_date, recognitions.recognised_date)
        union all
        select wins.level, wins.entity_id, recognitions.recognised_date
        from wins
        inner join recognitions on wins.initiative_id = recognitions.initiative_id and recognitions.work_item_id is null
        where recognitions.recognised_date >= coalesce(wins.delivery_date, recognitions.recognised_date)
    ),

    first_recognitions as (
        select level, entity_id, min(recognised_date) as recognised_date from recognitions_of_wins group by all
    )

select wins.level, wins.entity_id, wins.recognised_date, first_recognitions.recognised_date as expected_date
from wins
left join first_recognitions on wins.level = first_recognitions.level and wins.entity_id = first_recognitions.entity_id
where wins.recognised_date is distinct from first_recognitions.recognised_date
