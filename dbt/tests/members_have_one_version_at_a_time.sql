-- Versions that overlap would join a fact twice, and so count its money twice.
{{ config(meta={"dagster": {"ref": {"name": "dim_initiative"}}}) }}

with
    versions as (
        select 'initiative' as entity, initiative_id as member_id, initiative_key as member_key, valid_from, valid_to
        from {{ ref("dim_initiative") }}
        union all
        select 'team' as entity, team_id as member_id, team_key as member_key, valid_from, valid_to
        from {{ ref("dim_team") }}
        union all
        select 'product' as entity, product_id as member_id, product_key as member_key, valid_from, valid_to
        from {{ ref("dim_product") }}
        union all
        select 'person' as entity, person_id as member_id, person_key as member_key, valid_from, valid_to
        from {{ ref("dim_person") }}
        union all
        select 'customer' as entity, customer_id as member_id, customer_key as member_key, valid_from, valid_to
        from {{ ref("dim_customer") }}
        union all
        select 'key_result' as entity, key_result_id as member_id, key_result_key as member_key, valid_from, valid_to
        from {{ ref("dim_key_result") }}
    ),

    overlapping_versions as (
        select earlier.entity, earlier.member_id, earlier.valid_from, earlier.valid_to, later.valid_from as next_from
        from versions as earlier
        inner join
            versions as later
            on earlier.entity = later.entity
            and earlier.member_id = later.member_id
            and earlier.member_key <> later.member_key
            and earlier.valid_from <= later.valid_from
            and earlier.valid_to > later.valid_from
    )

select *
from overlapping_versions
