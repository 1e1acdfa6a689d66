{#- What a status can mean. Anything else, such as `unknown`, is no meaning. -#}
{% macro status_categories() -%} ('to_do', 'in_progress', 'done', 'cancelled') {%- endmacro %}
