{#- What a status can mean. Anything else, such as `unknown`, is no meaning. -#}
{% macro status_categories() -%} ('to_do', 'in_progress', 'done', 'cancelled') {%- endmacro %}

{#- A status spelled as categories are: "To Do" and "To-Do" as to_do. -#}
{% macro status_as_code(status) -%} regexp_replace(lower(trim({{ status }})), '[ _-]+', '_', 'g') {%- endmacro %}
