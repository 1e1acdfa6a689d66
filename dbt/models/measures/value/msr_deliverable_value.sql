with
    settings as (select * from {{ ref("stg_settings") }}),

    judgements as (select * from {{ ref("msr_value_judgements") }} where level = 'deliverable'),

    alignment as (select * from {{ ref("int_deliverable_alignment") }}),

    value_times as (select * from {{ ref("msr_days_to_value") }}),

    deliverables_with_value as (
        select
            judgements.entity_key as deliverable_key,
            judgements.initiative_key,
            judgements.team_key,
            judgements.product_key,
            judgements.objective_key,
            case
                when judgements.delivery_date <= settings.as_of_date then judgements.delivery_date
            end as delivery_date,
            judgements.value_status,
            judgements.is_judged,
            judgements.value_status in ('no_effect', 'negative')
            or (judgements.value_status = 'not_delivered' and judgements.is_cancelled) as is_without_value,
            judgements.value_status = 'unlinked' as is_unlinked,
            alignment.is_run,
            coalesce(alignment.is_aligned, false) and not alignment.is_run as is_aligned,
            value_times.deliverable_key is not null as is_linked_and_delivered,
            value_times.days_to_value
        from judgements
        cross join settings
        inner join alignment on judgements.entity_id = alignment.deliverable_id
        left join value_times on judgements.entity_key = value_times.deliverable_key
    )

select *
from deliverables_with_value
