{#- The key of a part of an amount: its deliverable's, else (where that names none) the other's. -#}
{% macro own_else(deliverable, other, entity) -%}
    case
        when coalesce({{ deliverable }}.current_{{ entity }}_key, -2) <> -2
        then {{ deliverable }}.current_{{ entity }}_key
        else {{ other }}.current_{{ entity }}_key
    end as {{ entity }}_key
{%- endmacro %}

{#- Deliverable and entry each name one, and not the same. -#}
{% macro in_conflict(deliverable, other, entity) -%}
    coalesce(
        {{ deliverable }}.current_{{ entity }}_key > 0
        and {{ other }}.current_{{ entity }}_key > 0
        and {{ deliverable }}.current_{{ entity }}_key <> {{ other }}.current_{{ entity }}_key,
        false
    )
{%- endmacro %}
