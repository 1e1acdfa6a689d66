-- one row per team and quarter at whose end, or now, it stood: whether it was trained in the four quarters up to then.
-- From the first quarter for which the feed of rituals speaks for all four
with
    settings as (select * from {{ ref("stg_settings") }}),

    teams as (select * from {{ ref("dim_team") }} where team_key > 0),

    trainings as (
        select current_team_key as team_key, held_date
        from {{ ref("fct_rituals") }}
        where is_held and ritual_type = 'training'
    ),

    feed_days as (select min(date_day) as first_date from {{ ref("int_feed_days") }} where feed = 'rituals'),

    first_rituals as (select min(held_date) as first_date from {{ ref("fct_rituals") }} where is_held),

    quarters as (
        select
            dates.quarter_start_date,
            cast({{ dbt.dateadd("month", -9, "dates.quarter_start_date") }} as date) as window_start_date,
            max(dates.date_day) as last_date
        from {{ ref("dim_date") }} as dates
        cross join settings
        where dates.date_day <= settings.as_of_date
        group by dates.quarter_start_date
    ),

    -- where no source says for which days it speaks, from the quarter of the first ritual that it shows
    measurable as (
        select quarters.*
        from quarters
        cross join feed_days
        cross join first_rituals
        where
            quarters.window_start_date >= feed_days.first_date
            and quarters.window_start_date >= {{ dbt.date_trunc("quarter", "first_rituals.first_date") }}
    ),

    standing as (
        select distinct
            measurable.quarter_start_date, measurable.window_start_date, measurable.last_date, latest.team_key
        from measurable
        cross join settings
        inner join
            teams
            on {{ local_date("teams.valid_from", "settings.time_zone") }} <= measurable.last_date
            and {{ local_date("teams.valid_to", "settings.time_zone") }} > measurable.last_date
        inner join teams as latest on teams.team_id = latest.team_id and latest.is_latest
    ),

    flagged as (
        select
            {{ surrogate_key(["standing.team_key", "standing.quarter_start_date"]) }} as team_training_key,
            standing.team_key,
            standing.last_date as quarter_date,
            bool_or(trainings.team_key is not null) as is_trained
        from standing
        left join
            trainings
            on standing.team_key = trainings.team_key
            and trainings.held_date >= standing.window_start_date
            and trainings.held_date <= standing.last_date
        group by standing.team_key, standing.quarter_start_date, standing.last_date
    )

select *
from flagged
