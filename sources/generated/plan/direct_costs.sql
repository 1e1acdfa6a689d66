-- one row per initiative: what was booked on it or on its work, in euros at the posting day's rate
select belongs_to_initiative_id as initiative_id, sum(reporting_amount) as direct_cost
from cost_entries
where belongs_to_initiative_id is not null
group by belongs_to_initiative_id
