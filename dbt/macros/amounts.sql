{#- An amount in the reporting currency, at a rate: decimal(28,4); NULL where no rate is known. -#}
{% macro reporting_amount(amount, rate) -%} cast(round({{ amount }} * {{ rate }}, 4) as decimal(28, 4)) {%- endmacro %}

{#- The day whose exchange rate converts an amount of `day`: the latest day with a rate where that is unknown or lies ahead. -#}
{% macro rate_day(day, as_of_date) -%} least(coalesce({{ day }}, {{ as_of_date }}), {{ as_of_date }}) {%- endmacro %}

{#- Units of 10^-4 as an amount, decimal(28,4), without floating point. -#}
{% macro units_as_amount(units) -%}
    cast(cast({{ units }} as decimal(30, 0)) * cast(0.0001 as decimal(4, 4)) as decimal(28, 4))
{%- endmacro %}
