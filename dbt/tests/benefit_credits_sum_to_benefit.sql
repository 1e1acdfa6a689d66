-- A benefit that two deliverables claim in full would pay for both: its credits sum to the benefit.
{{ config(meta={"dagster": {"ref": {"name": "fct_benefit_credits"}}}) }}

with
    benefits as (select * from {{ ref("fct_benefits") }}),

    credits_per_benefit as (
        select
            benefit_key,
            count(*) as parts,
            sum(credited_reporting_amount) as credited_reporting_amount,
            min(month_start_date) as month_start_date,
            min(scenario) as scenario,
            min(benefit_type) as benefit_type
        from {{ ref("fct_benefit_credits") }}
        group by benefit_key
    ),

    differences as (
        select
            benefits.benefit_id,
            benefits.month_start_date,
            benefits.scenario,
            benefits.benefit_reporting_amount,
            credits_per_benefit.credited_reporting_amount,
            credits_per_benefit.parts
        from benefits
        full outer join credits_per_benefit on benefits.benefit_key = credits_per_benefit.benefit_key
        where
            benefits.benefit_key is null
            or credits_per_benefit.benefit_key is null
            or benefits.benefit_reporting_amount is distinct from credits_per_benefit.credited_reporting_amount
            or benefits.month_start_date <> credits_per_benefit.month_start_date
            or benefits.scenario <> credits_per_benefit.scenario
            or benefits.benefit_type <> credits_per_benefit.benefit_type
            or (benefits.benefit_reporting_amount is null and credits_per_benefit.parts <> 1)
    )

select *
from differences
