-- Approvals (1) among approvals and rejections (0) on a scale of 0 to 1; other
-- choices stay out.
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

    local_answers as (
        select survey_responses.*, ((responded_at at time zone 'UTC') at time zone time_zone)::date as day
        from survey_responses
        cross join settings
        where survey_type = 'approval' and is_score_question and responded_at <= as_of_at
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
            case when higher_is_better then score else 1 - score end as score,
            case
                when counted.product_id is null
                then '-2'
                when known_products.product_id is null
                then '-3'
                else counted.product_id
            end as product
        from counted
        left join known_products on known_products.product_id = counted.product_id
        where scale_min = 0 and scale_max = 1 and score in (0, 1)
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
        select *, unnest(['total', 'product']) as dimension_name
        from in_period
        where period_start is null or period_start <= as_of_date
    ),
    by_member as (
        select *, case dimension_name when 'product' then product else 'total' end as member_id from by_dimension
    ),
    cells as (
        select
            grain,
            period_start,
            dimension_name,
            member_id,
            count(*) filter (score = 1) / count(*) as value,
            count(*) as n
        from by_member
        group by all
    )
select *
from cells
