with
    versions as (select * from {{ ref("int_team_versions") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    -- a pilot that has not started is in the rest; one whose start is unknown is on neither side
    versions_with_side as (
        select
            versions.* replace (coalesce(versions.is_pilot, false) as is_pilot),
            case
                when not coalesce(versions.is_pilot, false) or versions.pilot_start_date > settings.as_of_date
                then 'rest'
                when versions.pilot_start_date is not null
                then 'pilot'
            end as pilot_side,
            {{ pilot_side_key("pilot_side") }} as pilot_side_key
        from versions
        cross join settings
    )

select *
from versions_with_side
