-- one row per initiative: the amount approved for its whole life, from 15 % less to 20 % more than what is booked on it
with
    initiatives as (select * from initiatives),

    costs as (select * from direct_costs),

    currencies(currency, euros) as (values ('EUR', 1.0), ('USD', 0.92), ('GBP', 1.16))

select
    initiatives.initiative_id,
    initiatives.planned_start_date,
    initiatives.approved_currency as currency,
    round(
        costs.direct_cost::double * (0.85 + 0.35 * chance('approved', initiatives.k)) / currencies.euros, -2
    )::decimal(28, 10) as amount
from initiatives
inner join costs on initiatives.initiative_id = costs.initiative_id
inner join currencies on initiatives.approved_currency = currencies.currency
