{#- The three members that every dimension holds beside the portfolio's own. -#}
{% macro special_members() -%}
    select *
    from
        (values (-1, '-1', 'Unknown'), (-2, '-2', 'Not applicable'), (-3, '-3', 'Not yet arrived')) as members(
            member_key, member_id, member_name
        )
{%- endmacro %}

{#- The same, in the shape of a slowly changing dimension. -#}
{% macro unknown_members(entity) -%}
    select
        member_key as {{ entity }}_key,
        member_id as {{ entity }}_id,
        member_name as {{ entity }}_name,
        cast('1900-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        true as is_current,
        true as is_latest
    from ({{ special_members() }})
{%- endmacro %}

{#- The key of a segment of customers: -1 where the customer's source gives none, or unknown. -#}
{% macro segment_key(segment) -%}
    case when coalesce(lower({{ segment }}), 'unknown') = 'unknown' then -1 else {{ surrogate_key([segment]) }} end
{%- endmacro %}

{#- The key of a side of the comparison of pilot teams with the rest: -1 where the team's side is unknown. -#}
{% macro pilot_side_key(side) -%}
    case when {{ side }} is null then -1 else {{ surrogate_key([side]) }} end
{%- endmacro %}
