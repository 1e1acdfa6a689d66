-- A benefit that two deliverables claim in full would pay for both: the credits of a benefit are the benefit.
{{ config(meta={"dagster": {"ref": {"name": "fct_benefit_credits"}}}) }}

with
    benefits as (select * from {{ ref("fct_benefits") }}),

    credited as (
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

    disagreeing as (
        select
            benefits.benefit_id,
            benefits.month_start_date,
            benefits.scenario,
            benefits.benefit_reporting_amount,
            credited.credited_reporting_amount,
            credited.parts
        from benefits
        full outer join credited on benefits.benefit_key = credited.benefit_key
        where
            benefits.benefit_key is null
            or credited.benefit_key is null
            or benefits.benefit_reporting_amount is distinct from credited.credited_reporting_amount
            or benefits.month_start_date <> credited.month_start_date
            or benefits.scenario <> credited.scenario
            or benefits.benefit_type <> credited.benefit_type
            or (benefits.benefit_reporting_amount is null and credited.parts <> 1)
    )

select *
from disagreeing
