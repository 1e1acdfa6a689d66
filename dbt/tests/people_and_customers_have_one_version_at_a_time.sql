-- Versions that overlap would join hours, answers and tickets twice.
{{ config(meta={"dagster": {"ref": {"name": "dim_person"}}}) }}

with
    versions as (
        select 'person' as entity, person_id as member_id, person_key as member_key, valid_from, valid_to, is_current
        from {{ ref("dim_person") }}
        union all
        select
            'customer' as entity, customer_id as member_id, customer_key as member_key, valid_from, valid_to, is_current
        from {{ ref("dim_customer") }}
    ),

    overlapping as (
        select earlier.entity, earlier.member_id, 'overlaps' as problem
        from versions as earlier
        inner join
            versions as later
            on earlier.entity = later.entity
            and earlier.member_id = later.member_id
            and earlier.member_key <> later.member_key
            and earlier.valid_from <= later.valid_from
            and earlier.valid_to > later.valid_from
    ),

    standing as (
        select 'person' as entity, person_id as member_id
        from {{ ref("stg_people") }}
        union all
        select 'customer' as entity, customer_id as member_id
        from {{ ref("stg_customers") }}
    ),

    current_versions as (select * from versions where is_current and member_key > 0),

    standing_otherwise as (
        select
            coalesce(standing.entity, current_versions.entity) as entity,
            coalesce(standing.member_id, current_versions.member_id) as member_id,
            'stands in one of staging and history alone' as problem
        from standing
        full outer join
            current_versions
            on standing.entity = current_versions.entity
            and standing.member_id = current_versions.member_id
        where standing.member_id is null or current_versions.member_id is null
    )

select *
from overlapping
union all
select *
from standing_otherwise
