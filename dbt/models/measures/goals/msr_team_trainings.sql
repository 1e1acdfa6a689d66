with
    settings as (select * from {{ ref("stg_settings") }}),

    teams as (select * from {{ ref("dim_team") }} where team_key > 0),

    trainings as (
        select current_team_key as team_key, held_date
        from {{ ref("fct_rituals") }}
        where is_held and ritual_type = 'training'
    ),

    first_feed_day as (select min(date_day) as first_date from {{ ref("int_feed_days") }} where feed = 'rituals'),

    first_ritual_date as (select min(held_date) as first_date from {{ ref("fct_rituals") }} where is_held),

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

    -- where no source declares the days that it covers, from the quarter of its first ritual
    full_quarters as (
        select quarters.*
        from quarters
        cross join first_feed_day
        cross join first_ritual_date
        where
            quarters.window_start_date >= first_feed_day.first_date
            and quarters.window_start_date >= {{ dbt.date_trunc("quarter", "first_ritual_date.first_date") }}
    ),

    teams_per_quarter as (
        select distinct
            full_quarters.quarter_start_date, full_quarters.window_start_date, full_quarters.last_date, latest.team_key
        from full_quarters
        cross join settings
        inner join
            teams
            on {{ local_date("teams.valid_from", "settings.time_zone") }} <= full_quarters.last_date
            and {{ local_date("teams.valid_to", "settings.time_zone") }} > full_quarters.last_date
        inner join teams as latest on teams.team_id = latest.team_id and latest.is_latest
    ),

    team_trainings as (
        select
            {{ surrogate_key(["teams_per_quarter.team_key", "teams_per_quarter.quarter_start_date"]) }}
            as team_training_key,
            teams_per_quarter.team_key,
            teams_per_quarter.last_date as quarter_date,
            bool_or(trainings.team_key is not null) as is_trained
        from teams_per_quarter
        left join
            trainings
            on teams_per_quarter.team_key = trainings.team_key
            and trainings.held_date >= teams_per_quarter.window_start_date
            and trainings.held_date <= teams_per_quarter.last_date
        group by teams_per_quarter.team_key, teams_per_quarter.quarter_start_date, teams_per_quarter.last_date
    )

select *
from team_trainings
