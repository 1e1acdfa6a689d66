-- A credit belongs to its deliverable's team and product, else to its initiative's: another would get the praise.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_benefit_credits"}}}) }}

with
    latest_teams as (select team_id, team_key from {{ ref("dim_team") }} where is_latest),

    latest_products as (select product_id, product_key from {{ ref("dim_product") }} where is_latest),

    current_initiatives as (
        select
            initiatives.initiative_key,
            {{ member_key("initiatives.team_id", "latest_teams.team_key") }} as team_key,
            {{ member_key("initiatives.product_id", "latest_products.product_key") }} as product_key
        from {{ ref("dim_initiative") }} as initiatives
        left join latest_teams on initiatives.team_id = latest_teams.team_id
        left join latest_products on initiatives.product_id = latest_products.product_id
        where initiatives.is_latest and initiatives.initiative_key > 0
    ),

    -- a deleted initiative isn't judged
    judged_initiatives as (
        select entity_key as initiative_key, is_delivered from {{ ref("value_realization") }} where level = 'initiative'
    ),

    compared_credits as (
        select
            credits.*,
            row(
                benefits.benefit_id, benefits.key_result_id, benefits.current_initiative_key, benefits.is_past
            ) as expected_benefit,
            coalesce(nullif(work.current_team_key, -2), current_initiatives.team_key, -2) as expected_team_key,
            coalesce(nullif(work.current_product_key, -2), current_initiatives.product_key, -2) as expected_product_key,
            not judged_initiatives.is_delivered as expected_without_delivery
        from {{ ref("fct_benefit_credits") }} as credits
        left join {{ ref("fct_benefits") }} as benefits on credits.benefit_key = benefits.benefit_key
        left join {{ ref("fct_deliverables") }} as work on credits.deliverable_key = work.deliverable_key
        left join current_initiatives on benefits.current_initiative_key = current_initiatives.initiative_key
        left join judged_initiatives on benefits.current_initiative_key = judged_initiatives.initiative_key
    )

select benefit_credit_key, benefit_id, deliverable_key, team_key, expected_team_key, product_key, expected_product_key
from compared_credits
where
    row(benefit_id, key_result_id, initiative_key, is_past) is distinct from expected_benefit
    or team_key <> expected_team_key
    or product_key <> expected_product_key
    or is_without_delivery <> expected_without_delivery
