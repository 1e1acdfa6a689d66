-- one row per release: what it does to its product, from the day after (use) or the month after (NPS, satisfaction)
select
    release_id,
    product_id,
    released_on,
    nps_effect as nps_points,
    csat_effect::decimal(6, 3) as satisfied_share,
    usage_effect::decimal(6, 3) as events_a_visit_share
from releases
order by release_id
