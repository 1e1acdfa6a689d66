{#- What a status can mean. Anything else, such as `unknown`, is no meaning. -#}
{% macro status_categories() -%} ('to_do', 'in_progress', 'done', 'cancelled') {%- endmacro %}

{#- The category that a status names in any spelling, such as "To Do" or "In-Progress"; NULL for any other name. -#}
{% macro category_named(status) -%}
    case
        when regexp_replace(lower(trim({{ status }})), '[ _-]+', '_', 'g') in {{ status_categories() }}
        then regexp_replace(lower(trim({{ status }})), '[ _-]+', '_', 'g')
    end
{%- endmacro %}
