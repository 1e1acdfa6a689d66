-- one row per product, month with a release of it by now, and side of the month's last release: the observation window
-- before
-- or after its day (the day itself is in neither), and whether each feed speaks for every day of it
with
    releases as (select * from {{ ref("stg_releases") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    product_versions as (select * from {{ ref("int_product_versions") }}),

    feed_days as (select * from {{ ref("int_feed_days") }} where feed in ('survey_responses', 'usage_daily')),

    dated as (
        select
            releases.release_id,
            releases.name as release_name,
            releases.product_id,
            releases.released_at,
            {{ local_date("releases.released_at", "settings.time_zone") }} as released_date,
            cast(settings.observation_window_days as integer) as window_days
        from releases
        cross join settings
        where releases.released_at <= settings.as_of_at
    ),

    keyed as (
        select dated.*, {{ version_keys("product", "dated.product_id") }}
        from dated {{ join_versions("product", "product_versions", "dated.product_id", "dated.released_at") }}
    ),

    bounded as (
        select
            current_product_key as product_key,
            cast({{ dbt.date_trunc("month", "released_date") }} as date) as month_start_date,
            release_id,
            release_name,
            released_at,
            released_date,
            window_days,
            cast({{ dbt.dateadd("day", "-window_days", "released_date") }} as date) as first_date,
            cast({{ dbt.dateadd("day", "window_days", "released_date") }} as date) as last_date
        from keyed
        where current_product_key > 0
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by product_key, month_start_date order by released_at desc, release_id desc
            ) as recency
        from bounded
    ),

    last_releases as (select * from ranked where recency = 1),

    neighbours as (
        select last_releases.product_key, last_releases.month_start_date, count(*) as other_releases
        from last_releases
        inner join
            bounded
            on last_releases.product_key = bounded.product_key
            and last_releases.release_id <> bounded.release_id
            and bounded.released_date between last_releases.first_date and last_releases.last_date
        group by last_releases.product_key, last_releases.month_start_date
    ),

    sides as (
        select
            product_key,
            month_start_date,
            release_id,
            release_name,
            released_date,
            window_days,
            'before' as side,
            first_date,
            cast({{ dbt.dateadd("day", -1, "released_date") }} as date) as last_date
        from last_releases
        union all
        select
            product_key,
            month_start_date,
            release_id,
            release_name,
            released_date,
            window_days,
            'after' as side,
            cast({{ dbt.dateadd("day", 1, "released_date") }} as date) as first_date,
            last_date
        from last_releases
    ),

    covered as (
        select
            sides.product_key,
            sides.month_start_date,
            sides.side,
            count(*) filter (feed_days.feed = 'survey_responses') as survey_days,
            count(*) filter (feed_days.feed = 'usage_daily') as usage_days
        from sides
        inner join feed_days on feed_days.date_day between sides.first_date and sides.last_date
        group by sides.product_key, sides.month_start_date, sides.side
    )

select
    sides.*,
    coalesce(neighbours.other_releases, 0) as other_releases,
    -- a window that is still open, or covered in part, is not compared
    sides.window_days > 0 and coalesce(covered.survey_days, 0) = sides.window_days as is_survey_covered,
    sides.window_days > 0 and coalesce(covered.usage_days, 0) = sides.window_days as is_usage_covered
from sides
left join
    neighbours on sides.product_key = neighbours.product_key and sides.month_start_date = neighbours.month_start_date
left join
    covered
    on sides.product_key = covered.product_key
    and sides.month_start_date = covered.month_start_date
    and sides.side = covered.side
