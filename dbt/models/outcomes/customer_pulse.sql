with
    settings as (select * from {{ ref("stg_settings") }}),

    dates as (select date_day, month_start_date from {{ ref("dim_date") }}),

    products as (select product_key, product_id, product_name from {{ ref("dim_product") }} where is_latest),

    survey_answers as (
        select *, cast({{ dbt.date_trunc("month", "responded_date") }} as date) as month_start_date
        from {{ ref("int_survey_answers") }}
        where survey_type in ('nps', 'csat', 'ces')
    ),

    tickets as (select * from {{ ref("fct_support_tickets") }} where is_opened),

    active_users as (select * from {{ ref("fct_active_users") }}),

    nps_intervals as (select * from {{ ref("int_nps_intervals") }} where grain = 'month'),

    release_changes as (select * from {{ ref("int_release_changes") }}),

    releases as (
        select
            releases.release_id,
            cast(
                {{ dbt.date_trunc("month", local_date("releases.released_at", "settings.time_zone")) }} as date
            ) as month_start_date,
            {{ version_keys("product", "releases.product_id") }}
        from {{ ref("stg_releases") }} as releases
        inner join
            settings on releases.released_at <= settings.as_of_at
            {{ join_versions("product", "releases.product_id", "releases.released_at") }}
    ),

    -- a month is measured where its feed speaks for a day of it at least
    month_days as (select dates.month_start_date, count(*) as month_days from dates group by dates.month_start_date),

    coverage as (
        select
            dates.month_start_date,
            count(*) filter (feed_days.feed = 'survey_responses') as survey_days,
            count(*) filter (feed_days.feed = 'support_tickets') as ticket_days,
            count(*) filter (feed_days.feed = 'usage_daily') as usage_days,
            count(*) filter (feed_days.feed = 'releases') as release_days
        from {{ ref("int_feed_days") }} as feed_days
        inner join dates on feed_days.date_day = dates.date_day
        group by dates.month_start_date
    ),

    -- a product has a row for every month from the first in which customers said or did something, or it was released
    seen as (
        select current_product_key as product_key, month_start_date
        from survey_answers
        union all
        select
            current_product_key as product_key,
            cast({{ dbt.date_trunc("month", "opened_date") }} as date) as month_start_date
        from tickets
        union all
        select
            current_product_key as product_key,
            cast({{ dbt.date_trunc("month", "usage_date") }} as date) as month_start_date
        from active_users
        where dimension_name = 'product' and dau > 0
        union all
        select current_product_key as product_key, month_start_date
        from releases
    ),

    first_months as (
        select 'product' as dimension_name, product_key, min(month_start_date) as month_start_date
        from seen
        group by product_key
        union all
        select 'total' as dimension_name, cast(0 as bigint) as product_key, min(month_start_date) as month_start_date
        from seen
    ),

    cells as (
        select first_months.dimension_name, first_months.product_key as member_key, month_days.*
        from first_months
        cross join settings
        inner join
            month_days
            on month_days.month_start_date >= first_months.month_start_date
            and month_days.month_start_date <= settings.as_of_date
    ),

    placed_answers as (
        select survey_answers.*, 'total' as dimension_name, cast(0 as bigint) as member_key
        from survey_answers
        union all
        select survey_answers.*, 'product' as dimension_name, current_product_key as member_key
        from survey_answers
    ),

    scores as (
        select
            dimension_name,
            member_key,
            month_start_date,
            count(*) filter (is_nps_answer) as nps_answers,
            count(distinct respondent) filter (is_nps_answer) as nps_respondents,
            100.0
            * (count(*) filter (is_promoter) - count(*) filter (is_detractor))
            / nullif(count(*) filter (is_nps_answer), 0) as nps,
            count(*) filter (is_csat_answer) as csat_answers,
            count(distinct respondent) filter (is_csat_answer) as csat_respondents,
            cast(count(*) filter (is_satisfied) as double) as satisfied,
            cast(nullif(count(*) filter (is_csat_answer), 0) as double) as csat_trials,
            count(*) filter (is_ces_answer) as ces_answers,
            count(distinct respondent) filter (is_ces_answer) as ces_respondents,
            cast(count(*) filter (is_easy) as double) as easy,
            cast(nullif(count(*) filter (is_ces_answer), 0) as double) as ces_trials
        from placed_answers
        group by dimension_name, member_key, month_start_date
    ),

    placed_tickets as (
        select tickets.*, 'total' as dimension_name, cast(0 as bigint) as member_key
        from tickets
        union all
        select tickets.*, 'product' as dimension_name, current_product_key as member_key
        from tickets
    ),

    tickets_opened as (
        select
            dimension_name,
            member_key,
            cast({{ dbt.date_trunc("month", "opened_date") }} as date) as month_start_date,
            count(*) as tickets
        from placed_tickets
        group by all
    ),

    tickets_answered as (
        select
            dimension_name,
            member_key,
            cast({{ dbt.date_trunc("month", "first_response_date") }} as date) as month_start_date,
            count(first_response_hours) as tickets,
            median(first_response_hours) as median_hours
        from placed_tickets
        where is_answered
        group by all
    ),

    tickets_solved as (
        select
            dimension_name,
            member_key,
            cast({{ dbt.date_trunc("month", "solved_date") }} as date) as month_start_date,
            count(resolution_hours) as tickets,
            median(resolution_hours) as median_hours
        from placed_tickets
        where is_solved
        group by all
    ),

    -- a month's active users are those of its last day for which the feed speaks
    use_ranked as (
        select
            *,
            cast({{ dbt.date_trunc("month", "usage_date") }} as date) as month_start_date,
            row_number() over (
                partition by dimension_name, member_key, {{ dbt.date_trunc("month", "usage_date") }}
                order by usage_date desc
            ) as recency
        from active_users
    ),

    last_use as (select * from use_ranked where recency = 1),

    placed_releases as (
        select 'total' as dimension_name, cast(0 as bigint) as member_key, month_start_date
        from releases
        union all
        select 'product' as dimension_name, current_product_key as member_key, month_start_date
        from releases
    ),

    releases_counted as (
        select dimension_name, member_key, month_start_date, count(*) as releases
        from placed_releases
        group by dimension_name, member_key, month_start_date
    ),

    joined as (
        select
            cells.dimension_name,
            cells.member_key,
            cells.month_start_date,
            coalesce(coverage.survey_days, 0) as survey_days,
            coalesce(coverage.ticket_days, 0) as ticket_days,
            coalesce(coverage.usage_days, 0) as usage_days,
            coalesce(coverage.release_days, 0) as release_days,
            cells.month_days,
            scores.nps,
            coalesce(scores.nps_answers, 0) as nps_answers,
            coalesce(scores.nps_respondents, 0) as nps_respondents,
            nps_intervals.lower_bound as nps_lower,
            nps_intervals.upper_bound as nps_upper,
            coalesce(scores.csat_answers, 0) as csat_answers,
            coalesce(scores.csat_respondents, 0) as csat_respondents,
            scores.satisfied / scores.csat_trials as csat,
            {{ wilson_bound("scores.satisfied", "scores.csat_trials", "-") }} as csat_lower,
            {{ wilson_bound("scores.satisfied", "scores.csat_trials", "+") }} as csat_upper,
            coalesce(scores.ces_answers, 0) as ces_answers,
            coalesce(scores.ces_respondents, 0) as ces_respondents,
            scores.easy / scores.ces_trials as ces,
            {{ wilson_bound("scores.easy", "scores.ces_trials", "-") }} as ces_lower,
            {{ wilson_bound("scores.easy", "scores.ces_trials", "+") }} as ces_upper,
            coalesce(tickets_opened.tickets, 0) as tickets_opened,
            coalesce(tickets_answered.tickets, 0) as tickets_answered,
            tickets_answered.median_hours as first_response_hours_p50,
            coalesce(tickets_solved.tickets, 0) as tickets_solved,
            tickets_solved.median_hours as resolution_hours_p50,
            last_use.mau as active_users,
            last_use.mau_window_days as active_users_window_days,
            coalesce(releases_counted.releases, 0) as releases
        from cells
        left join coverage on cells.month_start_date = coverage.month_start_date
        left join
            scores
            on cells.dimension_name = scores.dimension_name
            and cells.member_key = scores.member_key
            and cells.month_start_date = scores.month_start_date
        left join
            nps_intervals
            on cells.dimension_name = nps_intervals.dimension_name
            and cells.member_key = nps_intervals.member_key
            and cells.month_start_date = nps_intervals.period_start
        left join
            tickets_opened
            on cells.dimension_name = tickets_opened.dimension_name
            and cells.member_key = tickets_opened.member_key
            and cells.month_start_date = tickets_opened.month_start_date
        left join
            tickets_answered
            on cells.dimension_name = tickets_answered.dimension_name
            and cells.member_key = tickets_answered.member_key
            and cells.month_start_date = tickets_answered.month_start_date
        left join
            tickets_solved
            on cells.dimension_name = tickets_solved.dimension_name
            and cells.member_key = tickets_solved.member_key
            and cells.month_start_date = tickets_solved.month_start_date
        left join
            last_use
            on cells.dimension_name = last_use.dimension_name
            and cells.member_key = last_use.member_key
            and cells.month_start_date = last_use.month_start_date
        left join
            releases_counted
            on cells.dimension_name = releases_counted.dimension_name
            and cells.member_key = releases_counted.member_key
            and cells.month_start_date = releases_counted.month_start_date
    ),

    keyed as (
        select
            {{ surrogate_key(["joined.dimension_name", "joined.member_key", "joined.month_start_date"]) }}
            as customer_pulse_key,
            joined.dimension_name,
            case when joined.dimension_name = 'product' then joined.member_key else -2 end as product_key,
            case when joined.dimension_name = 'product' then products.product_id end as product_id,
            case when joined.dimension_name = 'product' then products.product_name else 'Total' end as product_name,
            joined.month_start_date,
            {{ dbt.dateadd("month", 1, "joined.month_start_date") }}
            > {{ dbt.dateadd("day", 1, "settings.as_of_date") }}
            or joined.survey_days not in (0, joined.month_days)
            or joined.ticket_days not in (0, joined.month_days)
            or joined.usage_days not in (0, joined.month_days)
            or joined.release_days not in (0, joined.month_days) as is_partial,
            case when survey_days > 0 then nps end as nps,
            case when survey_days > 0 then nps_lower end as nps_lower,
            case when survey_days > 0 then nps_upper end as nps_upper,
            case when survey_days > 0 then nps_answers end as nps_answers,
            case when survey_days > 0 then nps_respondents end as nps_respondents,
            case when survey_days > 0 then csat end as csat,
            case when survey_days > 0 then csat_lower end as csat_lower,
            case when survey_days > 0 then csat_upper end as csat_upper,
            case when survey_days > 0 then csat_answers end as csat_answers,
            case when survey_days > 0 then csat_respondents end as csat_respondents,
            case when survey_days > 0 then ces end as ces,
            case when survey_days > 0 then ces_lower end as ces_lower,
            case when survey_days > 0 then ces_upper end as ces_upper,
            case when survey_days > 0 then ces_answers end as ces_answers,
            case when survey_days > 0 then ces_respondents end as ces_respondents,
            active_users,
            active_users_window_days,
            case when ticket_days > 0 then tickets_opened end as tickets_opened,
            case
                when ticket_days > 0 then 100.0 * tickets_opened / nullif(active_users, 0)
            end as tickets_per_100_active,
            case when ticket_days > 0 then tickets_answered end as tickets_answered,
            case when ticket_days > 0 then first_response_hours_p50 end as first_response_hours_p50,
            case when ticket_days > 0 then tickets_solved end as tickets_solved,
            case when ticket_days > 0 then resolution_hours_p50 end as resolution_hours_p50,
            case when release_days > 0 then releases end as releases,
            release_changes.release_id as last_release_id,
            release_changes.release_name as last_release_name,
            release_changes.released_date as last_release_date,
            release_changes.other_releases as other_releases_in_windows,
            release_changes.nps_before,
            release_changes.nps_before_respondents,
            release_changes.nps_after,
            release_changes.nps_after_respondents,
            release_changes.nps_change,
            release_changes.nps_change_lower,
            release_changes.nps_change_upper,
            release_changes.csat_before,
            release_changes.csat_before_respondents,
            release_changes.csat_after,
            release_changes.csat_after_respondents,
            release_changes.csat_change,
            release_changes.csat_change_lower,
            release_changes.csat_change_upper,
            release_changes.dau_before,
            release_changes.dau_after,
            release_changes.dau_after - release_changes.dau_before as dau_change
        from joined
        cross join settings
        left join products on joined.dimension_name = 'product' and joined.member_key = products.product_key
        left join
            release_changes
            on joined.dimension_name = 'product'
            and joined.member_key = release_changes.product_key
            and joined.month_start_date = release_changes.month_start_date
    )

select *
from keyed
