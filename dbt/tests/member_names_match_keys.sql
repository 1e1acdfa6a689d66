-- People read names and programs read keys: a name of another member would credit and blame the wrong team.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    members as (
        {% for entity in ("account", "initiative", "team", "product") %}
            select '{{ entity }}' as entity, {{ entity }}_key as member_key, {{ entity }}_name as member_name
            from {{ ref("dim_" ~ entity) }}
            union all
            -- a budget line that is for all members names none
            select
                'budgeted {{ entity }}' as entity,
                {{ entity }}_key as member_key,
                case when {{ entity }}_key <> -2 then {{ entity }}_name end as member_name
            from {{ ref("dim_" ~ entity) }} {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    published_names as (
        {% for entity in ("initiative", "team", "product") %}
            select distinct '{{ entity }}' as entity, {{ entity }}_key as member_key, {{ entity }}_name as member_name
            from {{ ref("no_value_work") }}
            union all
            select distinct '{{ entity }}' as entity, {{ entity }}_key as member_key, {{ entity }}_name as member_name
            from {{ ref("wins") }}
            union all
        {% endfor %}
        {% for entity in ("account", "initiative", "team", "product") %}
            select distinct
                'budgeted {{ entity }}' as entity, {{ entity }}_key as member_key, {{ entity }}_name as member_name
            from {{ ref("budget_lines") }}
            union all
        {% endfor %}
        select distinct 'team' as entity, team_key as member_key, team_name as member_name
        from {{ ref("goal_scorecard") }}
        union all
        select distinct 'team' as entity, owner_team_key as member_key, owner_team_name as member_name
        from {{ ref("goal_scorecard") }}
        union all
        select distinct 'product' as entity, product_key as member_key, product_name as member_name
        from {{ ref("release_changes") }}
        union all
        select distinct dimension_name as entity, member_key, member_name
        from {{ ref("fct_metric_values") }}
        where dimension_name in ('initiative', 'team', 'product')
    )

select published_names.*, members.member_name as expected_name
from published_names
left join members on published_names.entity = members.entity and published_names.member_key = members.member_key
where published_names.member_name is distinct from members.member_name
