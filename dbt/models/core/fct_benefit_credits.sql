with
    benefits as (select * from {{ ref("fct_benefits") }}),

    deliverables as (select * from {{ ref("fct_deliverables") }}),

    links as (select * from {{ ref("int_deliverable_key_results") }} where benefit_share > 0),

    settings as (select * from {{ ref("stg_settings") }}),

    work as (
        select
            current_initiative_key as initiative_key,
            count(*) filter (is_delivered) as delivered,
            count(*) filter (not is_delivered and not is_cancelled) as open
        from deliverables
        group by current_initiative_key
    ),

    initiatives as (
        select
            initiatives.initiative_key,
            {{ member_key("initiatives.team_id", "teams.team_key") }} as current_team_key,
            {{ member_key("initiatives.product_id", "products.product_key") }} as current_product_key,
            initiatives.stage = 'done'
            or coalesce(initiatives.ended_at <= settings.as_of_at, false)
            or (coalesce(work.delivered, 0) > 0 and work.open = 0) as is_delivered
        from {{ ref("dim_initiative") }} as initiatives
        cross join settings
        left join {{ ref("dim_team") }} as teams on initiatives.team_id = teams.team_id and teams.is_latest
        left join
            {{ ref("dim_product") }} as products on initiatives.product_id = products.product_id and products.is_latest
        left join work on initiatives.initiative_key = work.initiative_key
        where initiatives.initiative_key > 0 and initiatives.is_latest
    ),

    -- done by the month's end, of the same initiative, linked to the same key result
    candidates as (
        select
            benefits.benefit_key,
            deliverables.deliverable_key,
            deliverables.work_item_id as deliverable_id,
            cast(benefits.benefit_reporting_amount * 10000 as hugeint) as units,
            cast(links.benefit_share * 1000000000000 as hugeint) as weight
        from benefits
        inner join
            deliverables
            on benefits.current_initiative_key = deliverables.current_initiative_key
            and deliverables.done_date <= cast({{ dbt.last_day("benefits.month_start_date", "month") }} as date)
        inner join
            links
            on deliverables.deliverable_key = links.deliverable_key
            and benefits.key_result_id = links.key_result_id
        where
            deliverables.is_delivered
            and benefits.current_initiative_key > 0
            and benefits.benefit_reporting_amount is not null
    ),

    totalled as (
        select *, abs(units) as absolute_units, sum(weight) over (partition by benefit_key) as total_weight
        from candidates
    ),

    parts as (
        select
            *,
            {{ whole_share("absolute_units", "weight", "total_weight") }} as base_units,
            {{ share_remainder("absolute_units", "weight", "total_weight") }} as remainder
        from totalled
    ),

    dealt as (
        select
            *,
            row_number() over (
                partition by benefit_key order by remainder desc, weight desc, deliverable_id
            ) as remainder_rank,
            absolute_units - sum(base_units) over (partition by benefit_key) as units_left
        from parts
    ),

    shared as (
        select
            benefit_key,
            deliverable_key,
            {{
                units_as_amount(
                    "case when units < 0 then -1 else 1 end"
                    ~ " * (base_units + case when remainder_rank <= units_left then 1 else 0 end)"
                )
            }} as credited_reporting_amount
        from dealt
        where base_units > 0 or remainder_rank <= units_left or (absolute_units = 0 and remainder_rank = 1)
    ),

    credits as (
        select *
        from shared
        union all
        select
            benefits.benefit_key,
            cast(-1 as bigint) as deliverable_key,
            benefits.benefit_reporting_amount as credited_reporting_amount
        from benefits
        anti join shared on benefits.benefit_key = shared.benefit_key
    ),

    keyed as (
        select
            {{ surrogate_key(["credits.benefit_key", "credits.deliverable_key"]) }} as benefit_credit_key,
            benefits.benefit_key,
            benefits.benefit_id,
            benefits.month_start_date,
            benefits.scenario,
            benefits.benefit_type,
            credits.deliverable_key,
            benefits.current_initiative_key as initiative_key,
            {{ own_else("deliverables", "initiatives", "team") }},
            {{ own_else("deliverables", "initiatives", "product") }},
            benefits.key_result_id,
            credits.credited_reporting_amount,
            benefits.is_past,
            not coalesce(initiatives.is_delivered, false) as is_without_delivery,
            benefits.source_file,
            benefits.source_record
        from credits
        inner join benefits on credits.benefit_key = benefits.benefit_key
        left join deliverables on credits.deliverable_key = deliverables.deliverable_key
        left join initiatives on benefits.current_initiative_key = initiatives.initiative_key
    )

select
    benefit_credit_key,
    benefit_key,
    benefit_id,
    month_start_date,
    scenario,
    benefit_type,
    deliverable_key,
    initiative_key,
    coalesce(team_key, -2) as team_key,
    coalesce(product_key, -2) as product_key,
    key_result_id,
    credited_reporting_amount,
    is_past,
    is_without_delivery,
    source_file,
    source_record
from keyed
