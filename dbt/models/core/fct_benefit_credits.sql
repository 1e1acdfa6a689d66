with
    credits as (select * from {{ ref("int_benefit_credits") }}),

    benefits as (select * from {{ ref("fct_benefits") }}),

    deliverables as (select * from {{ ref("fct_deliverables") }}),

    teams as (select * from {{ ref("dim_team") }} where is_latest and team_key > 0),

    products as (select * from {{ ref("dim_product") }} where is_latest and product_key > 0),

    initiatives as (
        select
            initiatives.initiative_key,
            initiatives.is_delivered,
            {{ member_key("initiatives.team_id", "teams.team_key") }} as current_team_key,
            {{ member_key("initiatives.product_id", "products.product_key") }} as current_product_key
        from {{ ref("int_initiatives") }} as initiatives
        left join teams on initiatives.team_id = teams.team_id
        left join products on initiatives.product_id = products.product_id
    ),

    credits_with_keys as (
        select
            benefits.benefit_key,
            benefits.benefit_id,
            benefits.month_start_date,
            benefits.scenario,
            benefits.benefit_type,
            coalesce(deliverables.deliverable_key, -1) as deliverable_key,
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
        inner join
            benefits
            on credits.benefit_id = benefits.benefit_id
            and credits.month = benefits.month_start_date
            and credits.scenario = benefits.scenario
        left join deliverables on credits.deliverable_id = deliverables.work_item_id
        left join initiatives on benefits.current_initiative_key = initiatives.initiative_key
    )

select
    {{ surrogate_key(["benefit_key", "deliverable_key"]) }} as benefit_credit_key,
    credits_with_keys.* exclude (team_key, product_key),
    coalesce(team_key, -2) as team_key,
    coalesce(product_key, -2) as product_key
from credits_with_keys
