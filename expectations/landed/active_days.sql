-- one row per member (the total, or a product), user and day up to now on which the user did something
select distinct dimension_name, member_id, user_id, usage_date as day
from
    (
        select *, unnest(['total', 'product']) as dimension_name, unnest(['total', product]) as member_id
        from feed.usage_daily
        where events > 0
    )
cross join stage.landing.settings
where usage_date <= as_of_date
