-- one row per month, currency, type and scenario of benefits
select month, currency, benefit_type, scenario, count(*) as benefits, sum(amount)::decimal(28, 2) as amount
from benefits
group by month, currency, benefit_type, scenario
order by month, currency, benefit_type, scenario
