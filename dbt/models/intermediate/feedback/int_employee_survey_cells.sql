with
    answers as (
        select *
        from {{ ref("int_survey_answers") }}
        where survey_type in ('enps', 'team_health', 'goal_awareness', 'psychological_safety') and score is not null
    ),

    settings as (select * from {{ ref("stg_settings") }}),

    periods as (
        select date_day, grain, period_start, period_end
        from {{ ref("int_date_periods") }}
        where grain in ('month', 'quarter')
    ),

    answers_with_value as (
        select
            answers.survey_type,
            answers.response_id,
            answers.question_id,
            answers.respondent,
            starts_with(answers.respondent, 'person:') as is_known_person,
            answers.current_team_key,
            answers.responded_date,
            cast({{ dbt.date_trunc("month", "answers.responded_date") }} as date) as month_start_date,
            -- the value of an answer in the published figure: its group in enps, else its place on the scale
            case
                when answers.survey_type <> 'enps'
                then
                    cast(answers.score - answers.scale_min as double)
                    / cast(answers.scale_max - answers.scale_min as double)
                when answers.score >= 9
                then 100.0
                when answers.score >= 7
                then 0.0
                else -100.0
            end as answer_value
        from answers
        cross join settings
        where
            -- an open quarter would reveal each answer by the difference between two refreshes
            answers.responded_date < {{ dbt.date_trunc("quarter", dbt.dateadd("day", 1, "settings.as_of_date")) }}
            and (
                answers.survey_type <> 'enps'
                or (answers.scale_min = 0 and answers.scale_max = 10 and answers.score = floor(answers.score))
            )
    ),

    answers_by_group_and_period as (
        select
            answers_with_value.*,
            periods.grain,
            periods.period_start,
            periods.period_end,
            'total' as dimension_name,
            -2 as team_key
        from answers_with_value
        inner join periods on answers_with_value.responded_date = periods.date_day
        union all
        select
            answers_with_value.*,
            periods.grain,
            periods.period_start,
            periods.period_end,
            'team' as dimension_name,
            answers_with_value.current_team_key as team_key
        from answers_with_value
        inner join periods on answers_with_value.responded_date = periods.date_day and periods.grain = 'quarter'
    ),

    -- siblings add up to a quarter's total: its teams, or its months; the total itself has none
    answers_with_siblings as (
        select
            *,
            case
                when dimension_name = 'team' then 'teams' when grain = 'month' then 'months' else 'quarter'
            end as sibling_kind,
            cast({{ dbt.date_trunc("quarter", "period_start") }} as date) as quarter_start_date
        from answers_by_group_and_period
    ),

    -- without respondents one person's months can't be told apart: people are those of the fullest month and question
    people_per_question as (
        select
            survey_type,
            sibling_kind,
            quarter_start_date,
            period_start,
            team_key,
            question_id,
            month_start_date,
            count(*) as people
        from answers_with_siblings
        where not is_known_person
        group by survey_type, sibling_kind, quarter_start_date, period_start, team_key, question_id, month_start_date
    ),

    most_unknown_people as (
        select survey_type, sibling_kind, quarter_start_date, period_start, team_key, max(people) as people
        from people_per_question
        group by survey_type, sibling_kind, quarter_start_date, period_start, team_key
    ),

    cells as (
        select
            survey_type,
            sibling_kind,
            quarter_start_date,
            grain,
            period_start,
            period_end,
            dimension_name,
            team_key,
            count(*) as answers,
            count(distinct respondent) filter (is_known_person) as known_people,
            avg(answer_value order by answer_value) as score,
            min(answer_value) as least_value,
            max(answer_value) as greatest_value
        from answers_with_siblings
        group by
            survey_type, sibling_kind, quarter_start_date, grain, period_start, period_end, dimension_name, team_key
    ),

    cells_with_respondents as (
        select
            cells.*,
            coalesce(most_unknown_people.people, 0) as unknown_people,
            cells.known_people + coalesce(most_unknown_people.people, 0) as respondents,
            cells.known_people + coalesce(most_unknown_people.people, 0) < settings.privacy_minimum
            or cells.least_value = cells.greatest_value as is_revealing,
            settings.privacy_minimum
        from cells
        cross join settings
        left join
            most_unknown_people
            on cells.survey_type = most_unknown_people.survey_type
            and cells.sibling_kind = most_unknown_people.sibling_kind
            and cells.quarter_start_date = most_unknown_people.quarter_start_date
            and cells.period_start = most_unknown_people.period_start
            and cells.team_key = most_unknown_people.team_key
    ),

    -- in the order in which they are hidden: those that must be, then the smallest
    cells_in_hiding_order as (
        select
            *,
            row_number() over (
                partition by survey_type, sibling_kind, quarter_start_date
                order by is_revealing desc, respondents, answers, period_start, team_key
            ) as hiding_order,
            count(*) filter (is_revealing) over (
                partition by survey_type, sibling_kind, quarter_start_date
            ) as revealing_siblings
        from cells_with_respondents
    ),

    -- a person who answered in several siblings counts once in all of them
    first_cells as (
        select
            cells_in_hiding_order.survey_type,
            cells_in_hiding_order.sibling_kind,
            cells_in_hiding_order.quarter_start_date,
            answers_with_siblings.respondent,
            min(cells_in_hiding_order.hiding_order) as hiding_order
        from answers_with_siblings
        inner join
            cells_in_hiding_order
            on answers_with_siblings.survey_type = cells_in_hiding_order.survey_type
            and answers_with_siblings.sibling_kind = cells_in_hiding_order.sibling_kind
            and answers_with_siblings.quarter_start_date = cells_in_hiding_order.quarter_start_date
            and answers_with_siblings.period_start = cells_in_hiding_order.period_start
            and answers_with_siblings.team_key = cells_in_hiding_order.team_key
        where answers_with_siblings.is_known_person
        group by
            cells_in_hiding_order.survey_type,
            cells_in_hiding_order.sibling_kind,
            cells_in_hiding_order.quarter_start_date,
            answers_with_siblings.respondent
    ),

    new_people as (
        select survey_type, sibling_kind, quarter_start_date, hiding_order, count(*) as people
        from first_cells
        group by survey_type, sibling_kind, quarter_start_date, hiding_order
    ),

    -- what the total less the cells shown would reveal, if the cells up to this one were hidden
    remainders_of_total as (
        select
            cells_in_hiding_order.*,
            sum(coalesce(new_people.people, 0)) over siblings_hidden + case
                when cells_in_hiding_order.sibling_kind = 'months'
                then max(cells_in_hiding_order.unknown_people) over siblings_hidden
                else sum(cells_in_hiding_order.unknown_people) over siblings_hidden
            end as remaining_people,
            min(cells_in_hiding_order.least_value) over siblings_hidden as remaining_least,
            max(cells_in_hiding_order.greatest_value) over siblings_hidden as remaining_greatest
        from cells_in_hiding_order
        left join
            new_people
            on cells_in_hiding_order.survey_type = new_people.survey_type
            and cells_in_hiding_order.sibling_kind = new_people.sibling_kind
            and cells_in_hiding_order.quarter_start_date = new_people.quarter_start_date
            and cells_in_hiding_order.hiding_order = new_people.hiding_order
        window
            siblings_hidden as (
                partition by
                    cells_in_hiding_order.survey_type,
                    cells_in_hiding_order.sibling_kind,
                    cells_in_hiding_order.quarter_start_date
                order by cells_in_hiding_order.hiding_order
                rows between unbounded preceding and current row
            )
    ),

    remainders_with_verdict as (
        select
            *,
            -- complementary suppression: a cell that must be hidden always takes another with it
            remaining_people >= privacy_minimum and remaining_least < remaining_greatest as is_enough
        from remainders_of_total
    ),

    cells_with_hiding as (
        select
            *,
            is_revealing
            or (
                revealing_siblings > 0
                and not coalesce(
                    lag(is_enough) over (
                        partition by survey_type, sibling_kind, quarter_start_date order by hiding_order
                    ),
                    false
                )
            ) as is_hidden
        from remainders_with_verdict
    )

select
    survey_type,
    grain,
    period_start,
    period_end,
    dimension_name,
    team_key,
    answers,
    respondents,
    score,
    is_revealing,
    is_hidden
from cells_with_hiding
