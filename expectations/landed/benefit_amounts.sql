-- one row per benefit, month and scenario, in the reporting currency at the month's end (NULL without a rate)
select
    benefits.benefit_type,
    benefits.scenario,
    benefits.initiative,
    benefits.initiative_id,
    date_trunc('month', benefits.month)::date as day,
    benefits.month <= as_of_date as is_past,
    round(benefits.amount * rates.rate, 4) as reporting_amount
from feed.benefits as benefits
cross join stage.landing.settings
left join
    feed.rates as rates
    on rates.currency = benefits.currency
    and least(last_day(benefits.month), as_of_date) between rates.first_day and rates.last_day
