-- the products that are offered; one is renamed, one ends
select
    product_id,
    case when shown_on() >= date '2025-03-31' then later_name else product_name end as name,
    parent_product_id
from products
where coalesce(sunset_date > shown_on(), true)
order by product_id
