{#- Units of 10^-4 as an amount, decimal(28,4), without floating point. -#}
{% macro units_as_amount(units) -%}
    cast(cast({{ units }} as decimal(30, 0)) * cast(0.0001 as decimal(4, 4)) as decimal(28, 4))
{%- endmacro %}

{#- The key that a part of an amount carries: its deliverable's, else (where that names none) the other's. -#}
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
