-- who was there, and in which team
select
    person_id,
    team_id_at(
        case when moves_on <= shown_on() then second_team else first_team end, date '2020-01-01', shown_on()
    ) as team_id,
    joined_date,
    case when left_date <= shown_on() then left_date end as left_date
from people
where joined_date <= shown_on()
order by person_id
