with
    benefits as (select * from {{ ref("int_benefits") }}),

    initiative_versions as (select * from {{ ref("dim_initiative") }}),

    benefits_with_keys as (
        select
            {{ surrogate_key(["benefits.benefit_id", "benefits.month", "benefits.scenario"]) }} as benefit_key,
            benefits.benefit_id,
            benefits.month as month_start_date,
            {{ version_keys("initiative", "benefits.initiative_id") }},
            benefits.key_result_id,
            benefits.benefit_type,
            benefits.benefit_category,
            benefits.scenario,
            benefits.is_past,
            benefits.amount as benefit_amount,
            benefits.currency,
            benefits.exchange_rate,
            benefits.reporting_amount as benefit_reporting_amount,
            benefits.has_rate,
            benefits.evidence,
            benefits.source_file,
            benefits.source_record
        from
            benefits {{ join_versions("initiative", "initiative_versions", "benefits.initiative_id", "benefits.month") }}
    )

select *
from benefits_with_keys
