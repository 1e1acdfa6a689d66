-- the customers that are on record: some arrive late, some leave
select
    customer_id,
    case
        when later_segment is not null and shown_on() >= date '2025-03-31' then later_segment else segment
    end as segment,
    region,
    since_date
from customers
where recorded_on <= shown_on() and coalesce(churned_on > shown_on(), true)
order by customer_id
