-- one row per customer: when its record shows for the first time and the last, and the segment that it moves to
with numbered as (select range as k from range(getvariable('customers')::bigint))

select
    k,
    format('CUS-{:05d}', k + 1) as customer_id,
    (['self-service', 'mid-market', 'enterprise'])[pick('segment', k, 3) + 1] as segment,
    case when chance('grows', k) < 0.1 then 'enterprise' end as later_segment,
    (['DACH', 'Nordics', 'UK and Ireland', 'North America'])[pick('region', k, 4) + 1] as region,
    (date '2017-01-01' + between_two('since', k, 0, 2300)::integer)::date as since_date,
    -- the fourth of each hundred is recorded half a year after its first tickets
    case when k % 100 = 3 then date '2024-03-31' else first_day() end as recorded_on,
    case
        when chance('churns', k) < 0.05 and k % 100 <> 3
        then (date '2025-01-01' + between_two('churns on', k, 0, 500)::integer)::date
    end as churned_on
from numbered
