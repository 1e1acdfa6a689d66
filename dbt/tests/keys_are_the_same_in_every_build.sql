-- Bookmarks, exports and dashboards keep keys: a key made of anything but its parts would change when a version ends.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "dim_customer"}}}) }}

{%- set keys = {
    "dim_customer": ["customer_key", "customer_id", "valid_from"],
    "dim_initiative": ["initiative_key", "initiative_id", "valid_from"],
    "dim_key_result": ["key_result_key", "key_result_id", "valid_from"],
    "dim_person": ["person_key", "person_id", "valid_from"],
    "dim_product": ["product_key", "product_id", "valid_from"],
    "dim_team": ["team_key", "team_id", "valid_from"],
    "fct_key_result_progress": ["key_result_progress_key", "key_result_id", "as_of_date"],
    "fct_user_cohorts": [
        "user_cohort_key",
        "dimension_name",
        "member_key",
        "cohort_date",
        "days_since_first_use",
    ],
} -%}

with
    published_keys as (
        {% for table, columns in keys.items() %}
            select
                '{{ table }}' as table_name,
                {{ columns[0] }} as published_key,
                concat_ws('|', {{ columns[1:] | join(", ") }}, '') as parts
            from {{ ref(table) }}
            where {{ columns[0] }} > 0 {{ "union all" if not loop.last }}
        {% endfor %}
    )

select *
from published_keys
where published_key <> cast('0x' || left(md5(parts), 15) as bigint)
