-- one row per deliverable: what became of it, and under which members its value is measured
with
    settings as (select * from {{ ref("stg_settings") }}),

    judged as (select * from {{ ref("msr_value_judgements") }} where level = 'deliverable'),

    kinds as (select * from {{ ref("int_deliverable_alignment") }}),

    times as (select * from {{ ref("msr_days_to_value") }}),

    flagged as (
        select
            judged.entity_key as deliverable_key,
            judged.initiative_key,
            judged.team_key,
            judged.product_key,
            judged.objective_key,
            case when judged.delivery_date <= settings.as_of_date then judged.delivery_date end as delivery_date,
            judged.value_status,
            judged.value_status in ('value created', 'some value', 'no effect', 'negative') as is_judged,
            judged.value_status in ('unlinked', 'no effect', 'negative')
            or (judged.value_status = 'not delivered' and judged.is_cancelled) as is_without_value,
            kinds.is_run,
            coalesce(kinds.is_aligned, false) and not kinds.is_run as is_aligned,
            times.deliverable_key is not null as is_linked_and_delivered,
            times.days_to_value
        from judged
        cross join settings
        inner join kinds on judged.entity_id = kinds.deliverable_id
        left join times on judged.entity_key = times.deliverable_key
    )

select *
from flagged
