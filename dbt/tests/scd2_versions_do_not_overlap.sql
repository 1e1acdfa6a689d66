-- Versions that overlap would join a fact twice, and so count its money twice.
{{ config(meta={"dagster": {"ref": {"name": "dim_initiative"}}}) }}

with
    versions as (
        {% for entity in ("customer", "initiative", "key_result", "person", "product", "team") %}
            select
                '{{ entity }}' as entity,
                {{ entity }}_id as member_id,
                {{ entity }}_key as member_key,
                valid_from,
                valid_to
            from {{ ref("dim_" ~ entity) }} {{ "union all" if not loop.last }}
        {% endfor %}
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
