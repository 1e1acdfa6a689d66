{#- Schemas are named as the model says (core, outcomes, ...): a portfolio has a database file of its own. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
