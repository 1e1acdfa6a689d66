-- the quarter's use, and days exported again
select
    format('PRD-{:02d}', product_k + 1) as product_id,
    format('USR-{:07d}', u + 1) as user_id,
    usage_date,
    (['browse', 'order', 'pay', 'share', 'export', 'settings'])[feature_k + 1] as feature,
    events
from usage
where folder = shown_on() or again_in = shown_on()
order by u, usage_date, feature_k
