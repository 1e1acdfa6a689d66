with
    benefits as (select * from {{ ref("int_benefits") }}),

    initiatives as (select * from {{ ref("int_initiatives") }} where lower(initiative_id) <> 'unknown'),

    deliverables as (select * from {{ ref("int_deliverables") }} where is_delivered),

    links as (select * from {{ ref("int_deliverable_key_results") }} where benefit_share > 0),

    -- first done by the month's end, of the same initiative, linked to the same key result
    candidates as (
        select
            benefits.benefit_id,
            benefits.month,
            benefits.scenario,
            links.deliverable_id,
            cast(benefits.reporting_amount * 10000 as hugeint) as units,
            cast(links.benefit_share * 1000000000000 as hugeint) as weight
        from benefits
        inner join initiatives on benefits.initiative_id = initiatives.initiative_id
        inner join
            deliverables
            on initiatives.initiative_id = deliverables.initiative_id
            and least(deliverables.first_done_date, deliverables.done_date)
            <= cast({{ dbt.last_day("benefits.month", "month") }} as date)
        inner join
            links on deliverables.work_item_id = links.deliverable_id and benefits.key_result_id = links.key_result_id
        where benefits.reporting_amount is not null
    ),

    candidates_with_total as (
        select *, sum(weight) over (partition by benefit_id, month, scenario) as total_weight from candidates
    ),

    credited_units as (
        select
            *,
            {{
                allocated_units(
                    "units",
                    "weight",
                    "total_weight",
                    within="benefit_id, month, scenario",
                    tie_break="weight desc, deliverable_id",
                )
            }} as part,
            row_number() over (
                partition by benefit_id, month, scenario order by weight desc, deliverable_id
            ) as precedence
        from candidates_with_total
    ),

    -- a benefit of zero has no remainders, so its first part is the one of greatest weight
    shared_credits as (
        select benefit_id, month, scenario, deliverable_id, {{ units_as_amount("part") }} as credited_reporting_amount
        from credited_units
        where part <> 0 or (units = 0 and precedence = 1)
    ),

    all_credits as (
        select *
        from shared_credits
        union all
        select
            benefits.benefit_id,
            benefits.month,
            benefits.scenario,
            null as deliverable_id,
            benefits.reporting_amount as credited_reporting_amount
        from benefits
        anti join
            shared_credits
            on benefits.benefit_id = shared_credits.benefit_id
            and benefits.month = shared_credits.month
            and benefits.scenario = shared_credits.scenario
    )

select *
from all_credits
