-- Staging and history are read from the loads by two ways: a member that stands has one current version, a deleted
-- one none.
{{ config(meta={"dagster": {"ref": {"name": "dim_initiative"}}}) }}

with
    staged_members as (
        select 'initiative' as entity, initiative_id as member_id
        from {{ ref("stg_initiatives") }}
        union all
        select 'team' as entity, team_id as member_id
        from {{ ref("stg_teams") }}
        union all
        select 'product' as entity, product_id as member_id
        from {{ ref("stg_products") }}
        union all
        select 'person' as entity, person_id as member_id
        from {{ ref("stg_people") }}
        union all
        select 'customer' as entity, customer_id as member_id
        from {{ ref("stg_customers") }}
        union all
        select 'key_result' as entity, key_result_id as member_id
        from {{ ref("stg_key_results") }}
    ),

    current_versions as (
        select 'initiative' as entity, initiative_id as member_id
        from {{ ref("dim_initiative") }}
        where is_current and initiative_key > 0
        union all
        select 'team' as entity, team_id as member_id
        from {{ ref("dim_team") }}
        where is_current and team_key > 0
        union all
        select 'product' as entity, product_id as member_id
        from {{ ref("dim_product") }}
        where is_current and product_key > 0
        union all
        select 'person' as entity, person_id as member_id
        from {{ ref("dim_person") }}
        where is_current and person_key > 0
        union all
        select 'customer' as entity, customer_id as member_id
        from {{ ref("dim_customer") }}
        where is_current and customer_key > 0
        union all
        select 'key_result' as entity, key_result_id as member_id
        from {{ ref("dim_key_result") }}
        where is_current and key_result_key > 0
    ),

    versions_per_member as (
        select
            coalesce(staged_members.entity, current_versions.entity) as entity,
            coalesce(staged_members.member_id, current_versions.member_id) as member_id,
            count(staged_members.member_id) as staged_rows,
            count(current_versions.member_id) as current_rows
        from staged_members
        full outer join
            current_versions
            on staged_members.entity = current_versions.entity
            and staged_members.member_id = current_versions.member_id
        group by all
    )

select *
from versions_per_member
where staged_rows <> 1 or current_rows <> 1
