{#- A surrogate key: the first 15 hex digits of md5 over the parts, as bigint (always positive). -#}
{% macro surrogate_key(parts) -%}
    cast(
        concat(
            '0x',
            substr(
                md5(
                    concat(
                        {%- for part in parts -%}
                            coalesce(cast({{ part }} as varchar), '~null~'), '|'{{ ", " if not loop.last }}
                        {%- endfor -%}
                    )
                ),
                1,
                15
            )
        ) as bigint
    )
{%- endmacro %}

{#- The key that a fact holds: -2 where it has no id, -1 where the source gives unknown, -3 where the member hasn't arrived. -#}
{% macro member_key(id, key) -%}
    case when {{ id }} is null then -2 when lower({{ id }}) = 'unknown' then -1 else coalesce({{ key }}, -3) end
{%- endmacro %}

{#-
    The key of the nearest deliverable of work, -2 where none lies above it. `work` is an alias with `work_item_id`,
    `has_work_item` (it has arrived) and `deliverable_id`.
-#}
{% macro nearest_deliverable_key(work) -%}
    {{
        member_key(
            work ~ ".work_item_id",
            "case when "
            ~ work
            ~ ".deliverable_id is not null then "
            ~ surrogate_key([work ~ ".deliverable_id"])
            ~ " when "
            ~ work
            ~ ".has_work_item then -2 end",
        )
    }}
{%- endmacro %}
