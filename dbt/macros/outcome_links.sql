{#- The day on which a link must be valid to count: the day of delivery or now, whichever is earlier. -#}
{% macro linked_date(delivery_date, as_of_date) -%}
    least(coalesce({{ delivery_date }}, {{ as_of_date }}), {{ as_of_date }})
{%- endmacro %}

{#- Whether a link is valid on a day: from its first day up to, but not on, its last; an open end has none. -#}
{% macro link_is_valid(links, day) -%}
    {{ day }} >= coalesce({{ links }}.valid_from, cast('1900-01-01' as date))
    and {{ day }} < coalesce({{ links }}.valid_to, cast('9999-12-31' as date))
{%- endmacro %}
