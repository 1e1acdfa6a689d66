-- Before and after a release are shown as cause and effect may be read: each side is computed again from its days.
{{ config(meta={"dagster": {"ref": {"name": "release_changes"}}}) }}

with
    settings as (select *, cast(observation_window_days as integer) as window_days from {{ ref("stg_settings") }}),

    past_releases as (
        select
            releases.release_id,
            releases.released_at,
            products.product_key,
            cast(timezone(settings.time_zone, timezone('UTC', releases.released_at)) as date) as released_date
        from {{ ref("stg_releases") }} as releases
        inner join
            {{ ref("dim_product") }} as products on releases.product_id = products.product_id and products.is_latest
        inner join settings on releases.released_at <= settings.as_of_at
        where products.product_key > 0
    ),

    last_releases as (
        select
            product_key,
            date_trunc('month', released_date) as month_start_date,
            max_by(release_id, row(released_at, release_id)) as release_id,
            max_by(released_date, row(released_at, release_id)) as released_date
        from past_releases
        group by all
    ),

    neighbours as (
        select last_releases.product_key, last_releases.release_id, count(past_releases.release_id) as others
        from last_releases
        cross join settings
        left join
            past_releases
            on last_releases.product_key = past_releases.product_key
            and last_releases.release_id <> past_releases.release_id
            and abs(past_releases.released_date - last_releases.released_date) <= settings.window_days
        group by all
    ),

    feed_days as (
        select feed, date_day from {{ ref("int_feed_days") }} where feed in ('survey_responses', 'usage_daily')
    ),

    -- days after the release, those before it negative
    covered_days as (
        select
            last_releases.product_key,
            last_releases.release_id,
            count(*) filter (feed = 'survey_responses' and date_day < released_date) as survey_days_before,
            count(*) filter (feed = 'survey_responses' and date_day > released_date) as survey_days_after,
            count(*) filter (feed = 'usage_daily' and date_day < released_date) as use_days_before,
            count(*) filter (feed = 'usage_daily' and date_day > released_date) as use_days_after
        from last_releases
        cross join settings
        inner join feed_days on abs(feed_days.date_day - last_releases.released_date) <= settings.window_days
        group by all
    ),

    answers_by_respondent as (
        select
            last_releases.product_key,
            last_releases.release_id,
            answers.responded_date < last_releases.released_date as is_before,
            count(*) filter (is_nps_answer) as answers,
            count(*) filter (is_nps_answer and is_promoter) as promoters,
            count(*) filter (is_nps_answer and is_detractor) as detractors,
            count(*) filter (is_csat_answer) as csat_answers,
            count(*) filter (is_csat_answer and is_satisfied) as satisfied
        from last_releases
        cross join settings
        inner join
            {{ ref("int_survey_answers") }} as answers
            on last_releases.product_key = answers.current_product_key
            and abs(answers.responded_date - last_releases.released_date) between 1 and settings.window_days
        group by
            last_releases.product_key,
            last_releases.release_id,
            answers.responded_date < last_releases.released_date,
            answers.respondent
    ),

    deviations as (
        select
            *,
            promoters
            - detractors
            - answers * (sum(promoters - detractors) over side) / nullif(sum(answers) over side, 0) as deviation
        from answers_by_respondent
        window side as (partition by product_key, release_id, is_before)
    ),

    sums_per_side as (
        select
            product_key,
            release_id,
            is_before,
            nullif(sum(answers), 0) as n,
            count(*) filter (answers > 0) as nps_respondents,
            count(*) filter (csat_answers > 0) as csat_respondents,
            sum(promoters) as promoters,
            sum(detractors) as detractors,
            sum(deviation * deviation) as between_people,
            sum(promoters + detractors)
            - pow(sum(promoters - detractors), 2) / nullif(sum(answers), 0) as between_answers,
            sum(satisfied) / nullif(sum(csat_answers), 0) as csat
        from deviations
        group by product_key, release_id, is_before
    ),

    intervals_per_side as (
        select
            *,
            if(between_answers / (n * n) > 1e-12, greatest(1, between_people / between_answers), 1) as design_effect,
            n / design_effect + 3 as trials,
            (promoters / design_effect + 0.75) / trials as promoter_share,
            (detractors / design_effect + 0.75) / trials as detractor_share,
            100 * (promoters - detractors) / n as nps,
            100 * (promoter_share - detractor_share) as nps_centre,
            195.9963984540054 * sqrt(
                (promoter_share + detractor_share - pow(promoter_share - detractor_share, 2)) / trials
            ) as nps_margin,
            (csat + 1.92072941034706 / csat_respondents) / (1 + 3.84145882069413 / csat_respondents) as csat_centre,
            1.959963984540054
            * sqrt(csat * (1 - csat) / csat_respondents + 0.960364705173532 / (csat_respondents * csat_respondents))
            / (1 + 3.84145882069413 / csat_respondents) as csat_margin
        from sums_per_side
    ),

    -- of a difference of two scores: the square root of the squared distances of each score to its own bound
    expected_intervals as (
        select
            later.product_key,
            later.release_id,
            later.nps
            - earlier.nps
            - sqrt(
                pow(later.nps - greatest(-100, later.nps_centre - later.nps_margin), 2)
                + pow(least(100, earlier.nps_centre + earlier.nps_margin) - earlier.nps, 2)
            ) as nps_change_lower,
            later.nps
            - earlier.nps
            + sqrt(
                pow(least(100, later.nps_centre + later.nps_margin) - later.nps, 2)
                + pow(earlier.nps - greatest(-100, earlier.nps_centre - earlier.nps_margin), 2)
            ) as nps_change_upper,
            later.csat
            - earlier.csat
            - sqrt(
                pow(later.csat - (later.csat_centre - later.csat_margin), 2)
                + pow(earlier.csat_centre + earlier.csat_margin - earlier.csat, 2)
            ) as csat_change_lower,
            later.csat
            - earlier.csat
            + sqrt(
                pow(later.csat_centre + later.csat_margin - later.csat, 2)
                + pow(earlier.csat - (earlier.csat_centre - earlier.csat_margin), 2)
            ) as csat_change_upper
        from intervals_per_side as later
        inner join
            intervals_per_side as earlier
            on later.product_key = earlier.product_key
            and later.release_id = earlier.release_id
            and earlier.is_before
        where not later.is_before
    ),

    mean_active_users as (
        select
            last_releases.product_key,
            last_releases.release_id,
            avg(users.dau) filter (users.usage_date < last_releases.released_date) as dau_before,
            avg(users.dau) filter (users.usage_date > last_releases.released_date) as dau_after
        from last_releases
        cross join settings
        inner join
            {{ ref("fct_active_users") }} as users
            on users.dimension_name = 'product'
            and last_releases.product_key = users.member_key
            and abs(users.usage_date - last_releases.released_date) between 1 and settings.window_days
        group by all
    ),

    compared_releases as (
        select
            shown.*,
            last_releases.release_id as expected_release_id,
            last_releases.released_date as expected_released_date,
            neighbours.others,
            settings.window_days > 0
            and coalesce(covered_days.survey_days_before, 0) = settings.window_days as is_asked_before,
            settings.window_days > 0
            and coalesce(covered_days.survey_days_after, 0) = settings.window_days as is_asked_after,
            if(
                covered_days.use_days_before = settings.window_days, mean_active_users.dau_before, null
            ) as expected_dau_before,
            if(
                covered_days.use_days_after = settings.window_days, mean_active_users.dau_after, null
            ) as expected_dau_after,
            intervals.nps_change_lower as expected_nps_change_lower,
            intervals.nps_change_upper as expected_nps_change_upper,
            intervals.csat_change_lower as expected_csat_change_lower,
            intervals.csat_change_upper as expected_csat_change_upper,
            asked_before.nps as expected_nps_before,
            coalesce(asked_before.nps_respondents, 0) as expected_nps_before_respondents,
            asked_before.csat as expected_csat_before,
            coalesce(asked_before.csat_respondents, 0) as expected_csat_before_respondents,
            asked_after.nps as expected_nps_after,
            coalesce(asked_after.nps_respondents, 0) as expected_nps_after_respondents,
            asked_after.csat as expected_csat_after,
            coalesce(asked_after.csat_respondents, 0) as expected_csat_after_respondents
        from {{ ref("release_changes") }} as shown
        full outer join
            last_releases
            on shown.product_key = last_releases.product_key
            and shown.month_start_date = last_releases.month_start_date
        cross join settings
        left join
            neighbours
            on last_releases.product_key = neighbours.product_key
            and last_releases.release_id = neighbours.release_id
        left join
            covered_days
            on last_releases.product_key = covered_days.product_key
            and last_releases.release_id = covered_days.release_id
        left join
            intervals_per_side as asked_before
            on last_releases.product_key = asked_before.product_key
            and last_releases.release_id = asked_before.release_id
            and asked_before.is_before
        left join
            intervals_per_side as asked_after
            on last_releases.product_key = asked_after.product_key
            and last_releases.release_id = asked_after.release_id
            and not asked_after.is_before
        left join
            expected_intervals as intervals
            on last_releases.product_key = intervals.product_key
            and last_releases.release_id = intervals.release_id
        left join
            mean_active_users
            on last_releases.product_key = mean_active_users.product_key
            and last_releases.release_id = mean_active_users.release_id
    )

select product_id, month_start_date, release_id, expected_release_id
from compared_releases
where
    release_id is distinct from expected_release_id
    or released_date is distinct from expected_released_date
    or other_releases_in_windows is distinct from others
    or abs(coalesce(nps_before, -999) - coalesce(if(is_asked_before, expected_nps_before, null), -999)) > 1e-9
    or abs(coalesce(nps_after, -999) - coalesce(if(is_asked_after, expected_nps_after, null), -999)) > 1e-9
    or abs(coalesce(csat_before, -9) - coalesce(if(is_asked_before, expected_csat_before, null), -9)) > 1e-9
    or abs(coalesce(csat_after, -9) - coalesce(if(is_asked_after, expected_csat_after, null), -9)) > 1e-9
    or abs(coalesce(dau_before, -9) - coalesce(expected_dau_before, -9)) > 1e-9
    or abs(coalesce(dau_after, -9) - coalesce(expected_dau_after, -9)) > 1e-9
    or (
        release_id is not null
        and (
            nps_before_respondents is distinct from if(is_asked_before, expected_nps_before_respondents, null)
            or nps_after_respondents is distinct from if(is_asked_after, expected_nps_after_respondents, null)
            or csat_before_respondents is distinct from if(is_asked_before, expected_csat_before_respondents, null)
            or csat_after_respondents is distinct from if(is_asked_after, expected_csat_after_respondents, null)
        )
    )
    or abs(dau_change - (dau_after - dau_before)) > 1e-9
    or (dau_change is null) <> (dau_after is null or dau_before is null)
    or abs(nps_change - (nps_after - nps_before)) > 1e-9
    or (nps_change is not null) <> (
        coalesce(least(nps_before_respondents, nps_after_respondents) >= 10, false)
        and nps_before is not null
        and nps_after is not null
    )
    or abs(csat_change - (csat_after - csat_before)) > 1e-9
    or (csat_change is not null) <> (
        coalesce(least(csat_before_respondents, csat_after_respondents) >= 10, false)
        and csat_before is not null
        and csat_after is not null
    )
    or (nps_change is null) <> (nps_change_lower is null or nps_change_upper is null)
    or (csat_change is null) <> (csat_change_lower is null or csat_change_upper is null)
    or abs(nps_change_lower - expected_nps_change_lower) > 1e-6
    or abs(nps_change_upper - expected_nps_change_upper) > 1e-6
    or abs(csat_change_lower - expected_csat_change_lower) > 1e-6
    or abs(csat_change_upper - expected_csat_change_upper) > 1e-6
