-- Hours, answers, tickets, use and rituals are grouped by a member's newest version: one left on an older splits its
-- figures.
{{ config(meta={"dagster": {"ref": {"name": "fct_time_entries"}}}) }}

with
    held as (
        select distinct 'person' as entity, current_person_key as member_key
        from {{ ref("fct_time_entries") }}
        union
        select distinct 'team' as entity, current_team_key as member_key
        from {{ ref("fct_time_entries") }}
        union
        select distinct 'team' as entity, current_team_key as member_key
        from {{ ref("fct_rituals") }}
        union
        select distinct 'customer' as entity, current_customer_key as member_key
        from {{ ref("fct_survey_responses") }}
        union
        select distinct 'customer' as entity, current_customer_key as member_key
        from {{ ref("fct_support_tickets") }}
        union
        select distinct 'product' as entity, current_product_key as member_key
        from {{ ref("fct_support_tickets") }}
        union
        select distinct 'product' as entity, current_product_key as member_key
        from {{ ref("fct_usage_daily") }}
    ),

    versions as (
        select 'person' as entity, person_key as member_key, is_latest
        from {{ ref("dim_person") }}
        union all
        select 'team' as entity, team_key as member_key, is_latest
        from {{ ref("dim_team") }}
        union all
        select 'customer' as entity, customer_key as member_key, is_latest
        from {{ ref("dim_customer") }}
        union all
        select 'product' as entity, product_key as member_key, is_latest
        from {{ ref("dim_product") }}
    ),

    outdated as (
        select held.entity, held.member_key
        from held
        left join versions on held.entity = versions.entity and held.member_key = versions.member_key
        where not coalesce(versions.is_latest, false)
    )

select *
from outdated
