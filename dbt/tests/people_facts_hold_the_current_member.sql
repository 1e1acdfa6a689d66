-- Hours, answers, tickets, use and rituals are grouped by a member's newest version: one left on an older splits its
-- figures.
{{ config(meta={"dagster": {"ref": {"name": "fct_time_entries"}}}) }}

with
    member_keys_in_facts as (
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

    outdated_keys as (
        select member_keys_in_facts.entity, member_keys_in_facts.member_key
        from member_keys_in_facts
        left join
            versions
            on member_keys_in_facts.entity = versions.entity
            and member_keys_in_facts.member_key = versions.member_key
        where not coalesce(versions.is_latest, false)
    )

select *
from outdated_keys
