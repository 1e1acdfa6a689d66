-- one row per release, every five weeks a product, with what it does to the answers and the use of its product
with
    products as (select * from products),

    numbered as (
        select
            products.k as product_k,
            products.product_id,
            products.sunset_date,
            range as n,
            (
                first_day() + (20 + 35 * range + between_two('release', concat(products.k, '-', range), -4, 4))::integer
            )::date as released_on
        from products
        cross join range(31)
    ),

    known as (
        select *, format('{}-R{:02d}', product_id, n + 1) as release_id
        from numbered
        where released_on <= least(last_day_known(), coalesce(sunset_date, last_day_known()))
    )

select
    product_k,
    product_id,
    n,
    release_id,
    format('{} release {}.{}', product_id, 1 + divide(n, 10), n % 10) as release_name,
    released_on,
    at_work(released_on, release_id) as released_at,
    -- Checkout is turned round in 2025; elsewhere every sixth release does something, and some of that is harm
    case
        when product_k = 0 and released_on between date '2025-03-01' and date '2025-10-31'
        then 10
        when product_k > 0 and n % 6 = 2
        then (array[6, 9, -7, 12, -5])[pick('effect nps', release_id, 5) + 1]
        else 0
    end as nps_effect,
    case
        when product_k > 0 and n % 6 = 2
        then (array[0.04, 0.06, -0.05])[pick('effect csat', release_id, 3) + 1]
        else 0.0
    end as csat_effect,
    case
        when n % 6 = 4 then (array[0.08, 0.15, -0.06, 0.05])[pick('effect usage', release_id, 4) + 1] else 0.0
    end as usage_effect
from known
