-- one row per answer of a colleague: each quarter, two in three rate Acme (eNPS) and their team
with
    people as (select * from people),

    quarters as (select range as q, (first_day() + to_months(3 * range::integer + 1))::date as asked_on from range(12)),

    asked as (
        select
            people.*,
            quarters.q,
            quarters.asked_on,
            case when people.moves_on <= quarters.asked_on then people.second_team else people.first_team end as team_k,
            bits('colleague', concat(people.k, '-', quarters.q)) as r
        from people
        cross join quarters
        where people.joined_date <= quarters.asked_on and coalesce(people.left_date > quarters.asked_on, true)
    ),

    answered as (select * from asked where first_of(r) < 0.66),

    answers as (
        select
            *,
            'enps' as survey_type,
            'enps' as question_id,
            0 as scale_min,
            10 as scale_max,
            case
                when second_of(r) < 0.35
                then 9 + floor(third_of(r) * 2)
                when second_of(r) < 0.75
                then 7 + floor(third_of(r) * 2)
                else floor(third_of(r) * 7)
            end as score
        from answered
        union all
        select *, 'team_health', 'health-overall', 1, 5, 1 + least(4, floor(2 + third_of(r) * 3))
        from answered
    )

select
    format('A-{}-{:05d}-{:02d}', survey_type, k + 1, q + 1) as response_id,
    question_id,
    survey_type,
    person_id as respondent_id,
    team_id_at(team_k, date '2020-01-01', asked_on) as team_id,
    scale_min,
    scale_max,
    score::integer as score,
    at_work(
        (asked_on + between_two('answers on', concat(k, '-', q), 0, 20)::integer)::date, concat(k, q)
    ) as responded_at,
    folder_of(asked_on) as folder
from answers
