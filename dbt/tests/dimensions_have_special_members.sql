-- Facts point to special members where an id is missing, unknown or not yet there: a join would lose the fact without.
{{ config(meta={"dagster": {"ref": {"name": "dim_team"}}}) }}

with
    special_members_per_dimension as (
        {% for entity in (
            "account",
            "customer",
            "deliverable",
            "initiative",
            "key_result",
            "objective",
            "person",
            "product",
            "team",
        ) %}
            select
                '{{ entity }}' as entity,
                sum({{ entity }}_key) filter ({{ entity }}_key < 0) as keys,
                count(*) filter ({{ entity }}_key < 0) as members,
                count(*) filter (
                    {{ entity }}_key < 0
                    and {{ "account_code" if entity == "account" else entity ~ "_id" }}
                    = cast({{ entity }}_key as varchar)
                ) as named
            from {{ ref("dim_" ~ entity) }} {{ "union all" if not loop.last }}
        {% endfor %}
    )

select *
from special_members_per_dimension
where members <> 3 or keys <> -6 or named <> 3
