with
    releases as (select * from {{ ref("stg_releases") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    product_versions as (select * from {{ ref("int_product_versions") }}),

    feed_days as (select * from {{ ref("int_feed_days") }} where feed in ('survey_responses', 'usage_daily')),

    releases_with_date as (
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

    releases_with_product_key as (
        select releases_with_date.*, {{ version_keys("product", "releases_with_date.product_id") }}
        from
            releases_with_date
            {{
                join_versions(
                    "product",
                    "product_versions",
                    "releases_with_date.product_id",
                    "releases_with_date.released_at",
                )
            }}
    ),

    release_windows as (
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
        from releases_with_product_key
        where current_product_key > 0
    ),

    ranked_releases as (
        select
            *,
            row_number() over (
                partition by product_key, month_start_date order by released_at desc, release_id desc
            ) as recency
        from release_windows
    ),

    last_releases as (select * from ranked_releases where recency = 1),

    neighbours as (
        select last_releases.product_key, last_releases.month_start_date, count(*) as other_releases
        from last_releases
        inner join
            release_windows
            on last_releases.product_key = release_windows.product_key
            and last_releases.release_id <> release_windows.release_id
            and release_windows.released_date between last_releases.first_date and last_releases.last_date
        group by last_releases.product_key, last_releases.month_start_date
    ),

    window_sides as (
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

    covered_days as (
        select
            window_sides.product_key,
            window_sides.month_start_date,
            window_sides.side,
            count(*) filter (feed_days.feed = 'survey_responses') as survey_days,
            count(*) filter (feed_days.feed = 'usage_daily') as usage_days
        from window_sides
        inner join feed_days on feed_days.date_day between window_sides.first_date and window_sides.last_date
        group by window_sides.product_key, window_sides.month_start_date, window_sides.side
    )

select
    window_sides.*,
    coalesce(neighbours.other_releases, 0) as other_releases,
    -- a window that is still open, or covered in part, is not compared
    window_sides.window_days > 0
    and coalesce(covered_days.survey_days, 0) = window_sides.window_days as is_survey_covered,
    window_sides.window_days > 0 and coalesce(covered_days.usage_days, 0) = window_sides.window_days as is_usage_covered
from window_sides
left join
    neighbours
    on window_sides.product_key = neighbours.product_key
    and window_sides.month_start_date = neighbours.month_start_date
left join
    covered_days
    on window_sides.product_key = covered_days.product_key
    and window_sides.month_start_date = covered_days.month_start_date
    and window_sides.side = covered_days.side
