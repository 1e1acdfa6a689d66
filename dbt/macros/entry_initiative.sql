{#- The initiative of an entry of the ledger: its own, where it names one other than `unknown`, else that of its work item. -#}
{% macro entry_initiative(own, of_work_item) -%}
    case
        when {{ own }} is not null and lower({{ own }}) <> 'unknown'
        then {{ own }}
        else coalesce({{ of_work_item }}, {{ own }})
    end
{%- endmacro %}
