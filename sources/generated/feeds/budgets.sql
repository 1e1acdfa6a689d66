-- every budget known by the folder's day
select
    budget_id,
    month,
    account_code,
    team_id,
    initiative_id,
    amount::decimal(28, 2) as amount,
    currency,
    budget_version,
    version_date
from budgets
where version_date <= shown_on()
order by budget_id
