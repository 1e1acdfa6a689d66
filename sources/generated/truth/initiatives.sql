-- one row per initiative: the value status and quadrant that its evidence was planted for
select
    initiatives.initiative_id,
    initiatives.initiative_name,
    archetype_name as kind,
    value_status,
    quadrant,
    evidence,
    initiatives.objective_id,
    objectives.profile as objective_profile,
    case when is_ended_by_its_work then null else delivered_on end as delivered_on,
    planned_end_date,
    benefit as benefit_to_direct_cost,
    direct_costs.direct_cost::decimal(28, 4) as direct_cost_in_reporting_currency
from initiatives
left join objectives on initiatives.objective_id = objectives.objective_id
left join direct_costs on initiatives.initiative_id = direct_costs.initiative_id
order by initiative_id
