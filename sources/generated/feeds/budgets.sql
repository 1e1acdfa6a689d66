-- every budget known by the folder's day
select
    budget_id,
    month,
    account_code,
    case when product_k is not null then format('PRD-{:02d}', product_k + 1) end as product_id,
    initiative_id,
    amount::decimal(28, 2) as amount,
    currency,
    budget_version,
    version_date
from budgets
where version_date <= shown_on()
order by budget_id
