-- one row per kind of rows that a source has ever given, or that the portfolio says its sources give: without rows of
-- such a kind a covered period has none, of another kind nothing is known
select unnest(gives) as kind
from stage.landing.settings
union
select account_type
from stage.landing.accounts
where account_type in ('cost', 'revenue')
union
select 'cost'
from stage.landing.settings
where 'rates' = labour_cost or 'amortised' = capital_cost
union
select scenario || '_benefit'
from stage.landing.benefits
where benefit_type = 'hard'
union
select 'soft_benefit'
from stage.landing.benefits
where benefit_type = 'soft' and scenario = 'actual'
union
select 'deliverable'
from stage.landing.work_items
where is_deliverable is true
union
select 'usage'
from stage.landing.usage_daily
where usage_date is not null
union
select 'ticket'
from stage.landing.support_tickets
where ticket_id is not null and _row_kind = 'row'
union
select 'experiment'
from stage.landing.experiments
where experiment_id is not null and _row_kind = 'row'
union
select 'check_in_decision'
from stage.landing.decisions
where trigger_kind = 'check_in' and _row_kind = 'row'
union
select 'recognition'
from stage.landing.recognitions
where recognition_id is not null and _row_kind = 'row'
