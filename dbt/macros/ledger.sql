{#- The initiative of an entry of the ledger: its own, where it names one other than `unknown`, else that of its work item. -#}
{% macro entry_initiative(own, of_work_item) -%}
    case
        when {{ own }} is not null and lower({{ own }}) <> 'unknown'
        then {{ own }}
        else coalesce({{ of_work_item }}, {{ own }})
    end
{%- endmacro %}

{#- The columns of an entry of the ledger whose change restates it. -#}
{% macro restated_ledger_columns() -%}
    {{
        return(
            [
                "posted_date",
                "service_date",
                "reverses_ledger_entry_id",
                "account_code",
                "amount",
                "currency",
                "team_id",
                "initiative_id",
                "work_item_id",
                "product_id",
                "customer_id",
            ]
        )
    }}
{%- endmacro %}
