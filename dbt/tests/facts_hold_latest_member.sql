-- Metrics group by a member's latest version: a fact left on an older one would split the member's figures.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_ledger_entries"}}}) }}

{%- set facts = {
    "fct_benefits": ["initiative"],
    "fct_budgets": ["initiative", "team", "product"],
    "fct_deliverables": ["initiative", "team", "product"],
    "fct_initiative_reports": ["initiative"],
    "fct_experiments": ["team"],
    "fct_ledger_entries": ["initiative", "team", "product"],
    "fct_rituals": ["team"],
    "fct_support_tickets": ["customer", "product"],
    "fct_survey_responses": ["customer", "team", "product"],
    "fct_time_entries": ["person", "team"],
    "fct_usage_daily": ["product"],
} -%}
{%- set parts = ["fct_cost_allocations", "fct_benefit_credits"] -%}

with
    member_keys_in_facts as (
        {% for fact, entities in facts.items() %}
            {% for entity in entities %}
                select distinct '{{ entity }}' as entity, current_{{ entity }}_key as member_key
                from {{ ref(fact) }}
                union
            {% endfor %}
        {% endfor %}
        {% for part in parts %}
            {% for entity in ("initiative", "team", "product") %}
                select distinct '{{ entity }}' as entity, {{ entity }}_key as member_key
                from {{ ref(part) }}
                union
            {% endfor %}
        {% endfor %}
        select distinct dimension_name as entity, member_key
        from {{ ref("fct_metric_values") }}
        where dimension_name in ('initiative', 'team', 'product')
    ),

    versions as (
        {% for entity in ("customer", "initiative", "person", "product", "team") %}
            select '{{ entity }}' as entity, {{ entity }}_key as member_key, {{ entity }}_id as member_id, is_latest
            from {{ ref("dim_" ~ entity) }} {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    outdated_keys as (
        select member_keys_in_facts.entity, versions.member_id, member_keys_in_facts.member_key
        from member_keys_in_facts
        left join
            versions
            on member_keys_in_facts.entity = versions.entity
            and member_keys_in_facts.member_key = versions.member_key
        where not coalesce(versions.is_latest, false)
    )

select *
from outdated_keys
