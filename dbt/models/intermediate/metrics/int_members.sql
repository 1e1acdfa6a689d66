with
    special_members as ({{ special_members() }}),

    customer_segments as (
        select distinct {{ segment_key("segment") }} as member_key, segment
        from {{ ref("int_customer_versions") }}
        where is_latest
    ),

    ritual_types as (select distinct ritual_type from {{ ref("stg_rituals") }}),

    pilot_sides as (select distinct pilot_side_key, pilot_side from {{ ref("int_teams") }} where pilot_side_key > 0),

    portfolio_members as (
        select 'initiative' as dimension_name, initiative_key as member_key, initiative_id as member_id, name
        from {{ ref("int_initiative_versions") }}
        union all
        select 'team' as dimension_name, team_key, team_id, name
        from {{ ref("int_team_versions") }}
        union all
        select 'product' as dimension_name, product_key, product_id, name
        from {{ ref("int_product_versions") }}
        union all
        select 'objective' as dimension_name, {{ surrogate_key(["objective_id"]) }}, objective_id, name
        from {{ ref("stg_objectives") }}
        union all
        select 'customer_segment' as dimension_name, member_key, segment, segment
        from customer_segments
        where member_key > 0
        union all
        select 'pilot_side' as dimension_name, pilot_side_key, pilot_side, pilot_side
        from pilot_sides
    ),

    dimensions as (
        select
            unnest(['initiative', 'team', 'product', 'objective', 'customer_segment', 'pilot_side']) as dimension_name
    ),

    all_members as (
        select 'total' as dimension_name, cast(0 as bigint) as member_key, 'total' as member_id, 'Total' as member_name
        union all
        select dimension_name, member_key, member_id, name as member_name
        from portfolio_members
        union all
        select dimensions.dimension_name, special_members.*
        from dimensions
        cross join special_members
        union all
        select
            'ritual_type' as dimension_name,
            {{ surrogate_key(["ritual_type"]) }} as member_key,
            ritual_type as member_id,
            replace(ritual_type, '_', ' ') as member_name
        from ritual_types
    )

select *
from all_members
