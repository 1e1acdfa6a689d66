-- one row per dimension and member by which metrics are measured: the current version, the special members, the total
select 'total' as dimension_name, cast(0 as bigint) as member_key, 'total' as member_id, 'Total' as member_name
union all
select 'initiative' as dimension_name, initiative_key, initiative_id, initiative_name
from {{ ref("dim_initiative") }}
union all
select 'team' as dimension_name, team_key, team_id, team_name
from {{ ref("dim_team") }}
union all
select 'product' as dimension_name, product_key, product_id, product_name
from {{ ref("dim_product") }}
union all
select 'objective' as dimension_name, objective_key, objective_id, objective_name
from {{ ref("dim_objective") }}
union all
select distinct
    'customer_segment' as dimension_name,
    {{ segment_key("segment") }} as member_key,
    segment as member_id,
    segment as member_name
from {{ ref("dim_customer") }}
where is_latest and {{ segment_key("segment") }} > 0
union all
select 'customer_segment' as dimension_name, member_key, member_id, member_name
from ({{ special_members() }})
union all
select distinct
    'pilot_side' as dimension_name, pilot_side_key as member_key, pilot_side as member_id, pilot_side as member_name
from {{ ref("dim_team") }}
where pilot_side_key > 0
union all
select 'pilot_side' as dimension_name, member_key, member_id, member_name
from ({{ special_members() }})
union all
select distinct
    'ritual_type' as dimension_name,
    {{ surrogate_key(["ritual_type"]) }} as member_key,
    ritual_type as member_id,
    replace(ritual_type, '_', ' ') as member_name
from {{ ref("fct_rituals") }}
