with
    settings as (select * from {{ ref("stg_settings") }}),

    negative_answers as (select * from {{ ref("int_survey_answers") }} where is_detractor or is_dissatisfied),

    decisions as (select * from {{ ref("fct_decisions") }} where is_decided and trigger_kind = 'answer'),

    -- before the feed's first day a missing decision says nothing
    first_decision_day as (select min(date_day) as first_date from {{ ref("int_feed_days") }} where feed = 'decisions'),

    first_decisions as (
        select negative_answers.survey_response_key, min(decisions.decided_date) as decided_date
        from negative_answers
        cross join settings
        inner join
            decisions
            on negative_answers.response_id = decisions.trigger_id
            and decisions.decided_date >= negative_answers.responded_date
            and {{ dbt.datediff("negative_answers.responded_date", "decisions.decided_date", "day") }}
            <= settings.observation_window_days
        group by negative_answers.survey_response_key
    ),

    answers_with_reaction as (
        select
            negative_answers.survey_response_key,
            negative_answers.current_product_key,
            negative_answers.responded_date,
            case
                when
                    first_decision_day.first_date is null
                    or negative_answers.responded_date < first_decision_day.first_date
                    or {{ dbt.datediff("negative_answers.responded_date", "settings.as_of_date", "day") }}
                    < settings.observation_window_days
                then null
                when first_decisions.decided_date is null
                then cast('infinity' as double)
                else {{ dbt.datediff("negative_answers.responded_date", "first_decisions.decided_date", "day") }}
            end as reaction_days
        from negative_answers
        cross join settings
        cross join first_decision_day
        left join first_decisions on negative_answers.survey_response_key = first_decisions.survey_response_key
    )

select *
from answers_with_reaction
