-- 100 x (promoters - detractors) / answers on a scale of 0 to 10; n counts people,
-- not answers.
with

    settings as (select * from stage.landing.settings),

    -- what a source no longer holds is gone; of what stays, the latest row counts
    last_snapshots as (
        select feed, source, max(load_seq) as load_seq
        from stage.landing.loads
        where kind = 'snapshot' and deletes
        group by all
    ),

    surviving_survey_responses as (
        select landed.*
        from stage.landing.survey_responses as landed
        left join last_snapshots on last_snapshots.feed = 'survey_responses' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (partition by landed.source, landed.response_id, landed.question_id)
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    survey_responses as (
        select *
        from surviving_survey_responses
        where _row_kind = 'row'
        qualify row_number() over (partition by response_id, question_id order by load_seq desc) = 1
    ),

    known_products as (select distinct product_id from stage.landing.products where _row_kind = 'row'),

    known_teams as (select distinct team_id from stage.landing.teams where _row_kind = 'row'),

    local_answers as (
        select survey_responses.*, ((responded_at at time zone 'UTC') at time zone time_zone)::date as day
        from survey_responses
        cross join settings
        where survey_type = 'nps' and is_score_question and responded_at <= as_of_at
    ),
    -- the latest answer of a respondent, question, product, month; the nameless all
    -- count
    counted as (
        select *
        from local_answers
        qualify
            respondent_id is null
            or row_number() over (
                partition by respondent_id, question_id, product_id, date_trunc('month', day)
                order by responded_at desc, response_id desc
            )
            = 1
    ),

    scored as (
        select
            day,
            respondent_id,
            case when higher_is_better then score else 10 - score end as points,
            case
                when counted.product_id is null
                then '-2'
                when known_products.product_id is null
                then '-3'
                else counted.product_id
            end as product,
            case
                when counted.team_id is null then '-2' when known_teams.team_id is null then '-3' else counted.team_id
            end as team
        from counted
        left join known_products on known_products.product_id = counted.product_id
        left join known_teams on known_teams.team_id = counted.team_id
        where scale_min = 0 and scale_max = 10 and score = floor(score)
    ),

    by_grain as (select *, unnest(['month', 'quarter', 'year', 'fiscal_year', 'all']) as grain from scored),
    in_period as (
        select
            by_grain.*,
            case
                grain
                when 'month'
                then date_trunc('month', day)
                when 'quarter'
                then date_trunc('quarter', day)
                when 'year'
                then date_trunc('year', day)
                when 'fiscal_year'
                then
                    date_trunc('year', day - to_months(fiscal_year_start_month::int - 1))
                    + to_months(fiscal_year_start_month::int - 1)
            end::date as period_start,
            as_of_date
        from by_grain
        cross join settings
    ),
    by_dimension as (
        select *, unnest(['total', 'product', 'team']) as dimension_name
        from in_period
        where period_start is null or period_start <= as_of_date
    ),
    by_member as (
        select *, case dimension_name when 'product' then product when 'team' then team else 'total' end as member_id
        from by_dimension
    ),
    cells as (
        select
            grain,
            period_start,
            dimension_name,
            member_id,
            100 * (count(*) filter (points >= 9) - count(*) filter (points <= 6)) / count(*) as value,
            count(distinct respondent_id) + count(*) filter (respondent_id is null) as n
        from by_member
        group by all
    )
select *
from cells
