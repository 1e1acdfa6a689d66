-- Staging and history are built from the loads in two ways: a current row has one current version, a deleted one none.
{{ config(meta={"dagster": {"ref": {"name": "dim_initiative"}}}) }}

{%- set feeds = {
    "customer": "stg_customers",
    "initiative": "stg_initiatives",
    "key_result": "stg_key_results",
    "person": "stg_people",
    "product": "stg_products",
    "team": "stg_teams",
} -%}

with
    staged_members as (
        {% for entity, feed in feeds.items() %}
            select '{{ entity }}' as entity, {{ entity }}_id as member_id
            from {{ ref(feed) }} {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    current_versions as (
        {% for entity in feeds %}
            select '{{ entity }}' as entity, {{ entity }}_id as member_id
            from {{ ref("dim_" ~ entity) }}
            where is_current and {{ entity }}_key > 0 {{ "union all" if not loop.last }}
        {% endfor %}
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
