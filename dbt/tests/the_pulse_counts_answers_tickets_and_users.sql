-- The pulse is the page on customers: each of its months is counted here from the answers, tickets and users
-- themselves.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "customer_pulse"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    shown as (
        select
            *,
            if(dimension_name = 'total', 0, product_key) as member_key,
            month_start_date + interval 1 month as next_month
        from {{ ref("customer_pulse") }}
    ),

    answers as (
        select
            date_trunc('month', responded_date) as month_start_date,
            unnest([0, current_product_key]) as member_key,
            respondent,
            is_satisfied,
            is_csat_answer,
            is_easy,
            is_ces_answer
        from {{ ref("int_survey_answers") }}
        where survey_type in ('csat', 'ces')
    ),

    scores as (
        select
            month_start_date,
            member_key,
            sum(if(is_csat_answer, 1, 0)) as csat_answers,
            count(distinct if(is_csat_answer, respondent, null)) as csat_respondents,
            avg(case when is_csat_answer then if(is_satisfied, 1.0, 0.0) end) as csat,
            sum(if(is_ces_answer, 1, 0)) as ces_answers,
            count(distinct if(is_ces_answer, respondent, null)) as ces_respondents,
            avg(case when is_ces_answer then if(is_easy, 1.0, 0.0) end) as ces
        from answers
        group by all
    ),

    tickets as (
        select *, unnest([0, current_product_key]) as member_key from {{ ref("fct_support_tickets") }} where is_opened
    ),

    users as (
        select
            member_key,
            date_trunc('month', usage_date) as month_start_date,
            max_by(mau, usage_date) as active_users,
            max_by(mau_window_days, usage_date) as window_days
        from {{ ref("fct_active_users") }}
        group by all
    ),

    released as (
        select
            date_trunc(
                'month', timezone(settings.time_zone, timezone('UTC', releases.released_at))
            ) as month_start_date,
            unnest(
                [
                    0,
                    case
                        when releases.product_id is null
                        then -2
                        when lower(releases.product_id) = 'unknown'
                        then -1
                        else coalesce(products.product_key, -3)
                    end
                ]
            ) as member_key
        from {{ ref("stg_releases") }} as releases
        cross join settings
        left join
            {{ ref("dim_product") }} as products on releases.product_id = products.product_id and products.is_latest
        where releases.released_at <= settings.as_of_at
    ),

    released_counts as (select month_start_date, member_key, count(*) as releases from released group by all),

    counted as (
        select
            shown.customer_pulse_key,
            count(tickets.ticket_id) filter (
                tickets.is_opened
                and tickets.opened_date >= shown.month_start_date
                and tickets.opened_date < shown.next_month
            ) as opened,
            count(tickets.ticket_id) filter (
                tickets.first_response_date >= shown.month_start_date
                and tickets.first_response_date < shown.next_month
                and tickets.first_response_hours is not null
            ) as answered,
            count(tickets.ticket_id) filter (
                tickets.solved_date >= shown.month_start_date
                and tickets.solved_date < shown.next_month
                and tickets.resolution_hours is not null
            ) as solved,
            median(tickets.first_response_hours) filter (
                tickets.first_response_date >= shown.month_start_date and tickets.first_response_date < shown.next_month
            ) as answered_hours,
            median(tickets.resolution_hours) filter (
                tickets.solved_date >= shown.month_start_date and tickets.solved_date < shown.next_month
            ) as solved_hours
        from shown
        left join tickets on shown.member_key = tickets.member_key
        group by shown.customer_pulse_key
    )

select shown.dimension_name, shown.member_key, shown.month_start_date
from shown
cross join settings
left join scores on shown.month_start_date = scores.month_start_date and shown.member_key = scores.member_key
inner join counted on shown.customer_pulse_key = counted.customer_pulse_key
left join users on shown.month_start_date = users.month_start_date and shown.member_key = users.member_key
left join
    released_counts
    on shown.month_start_date = released_counts.month_start_date
    and shown.member_key = released_counts.member_key
where
    (
        shown.csat_answers is not null
        and (
            shown.csat_answers <> coalesce(scores.csat_answers, 0)
            or shown.csat_respondents <> coalesce(scores.csat_respondents, 0)
            or shown.csat is distinct from scores.csat
            and abs(coalesce(shown.csat, 9) - coalesce(scores.csat, 9)) > 1e-9
            or shown.ces_answers <> coalesce(scores.ces_answers, 0)
            or shown.ces_respondents <> coalesce(scores.ces_respondents, 0)
            or abs(coalesce(shown.ces, 9) - coalesce(scores.ces, 9)) > 1e-9
        )
    )
    or (shown.csat_answers is null and (shown.csat is not null or shown.ces is not null or shown.nps is not null))
    or shown.tickets_opened <> counted.opened
    or shown.tickets_answered <> counted.answered
    or shown.tickets_solved <> counted.solved
    or abs(coalesce(shown.first_response_hours_p50, -1) - coalesce(counted.answered_hours, -1)) > 1e-9
    or abs(coalesce(shown.resolution_hours_p50, -1) - coalesce(counted.solved_hours, -1)) > 1e-9
    or shown.active_users is distinct from users.active_users
    or shown.active_users_window_days is distinct from users.window_days
    or shown.releases <> coalesce(released_counts.releases, 0)
    or abs(shown.tickets_per_100_active * shown.active_users - 100 * shown.tickets_opened) > 1e-6
    or (shown.tickets_per_100_active is null) <> (shown.tickets_opened is null or coalesce(shown.active_users, 0) = 0)
    or (shown.next_month > settings.as_of_date + 1 and not shown.is_partial)
