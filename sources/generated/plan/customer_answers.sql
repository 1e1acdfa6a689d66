-- one row per answer of a customer's person that counts, with extra answers that must not count
with
    product_months as (select * from product_months),

    totals as (select sum(weight * season) as weights from product_months),

    customers as (select count(*) as customers from customers),

    -- what is left of all answers when the colleagues' and the ones asked why are taken off
    remaining as (select (getvariable('answers')::bigint - count(*)) / 1.06 as answers from team_answers),

    kinds(survey_type, question_id, kind_share) as (
        values ('nps', 'nps', 0.62), ('csat', 'csat', 0.2), ('ces', 'ces', 0.1), ('approval', 'approval', 0.08)
    ),

    cells as (
        select
            kinds.survey_type,
            kinds.question_id,
            product_months.*,
            kinds.kind_share
            * remaining.answers
            * product_months.weight
            * product_months.season
            / totals.weights as expected,
            chance('cell', concat(kinds.survey_type, product_months.product_k, '-', product_months.m)) as shift
        from kinds
        cross join product_months
        cross join totals
        cross join remaining
    ),

    -- up or down by chance, so that small cells add up to the whole
    sized as (
        select *, greatest(case when survey_type = 'nps' then 2 else 0 end, floor(expected + shift))::bigint as n
        from cells
    ),

    answered as (
        select
            sized.*,
            range as j,
            format('A-{}-{}-{:02d}-{:05d}', sized.survey_type, sized.product_id, sized.m + 1, range + 1) as response_id
        from sized
        cross join lateral range(sized.n)
    ),

    drawn as (
        select *, bits('answer', response_id) as r, bits('answer when', response_id) as r2, (j + shift) / n as place
        from answered
    ),

    -- the planted shares are met cell by cell, within one answer
    scored as (
        select
            *,
            case
                survey_type
                when 'nps'
                then
                    case
                        when place < (0.7 + nps_level / 100.0) / 2
                        then 9 + floor(first_of(r) * 2)
                        when place < (0.7 + nps_level / 100.0) / 2 + 0.3
                        then 7 + floor(first_of(r) * 2)
                        else floor(first_of(r) * 7)
                    end
                when 'csat'
                then
                    case
                        when place < satisfied_share then 4 + floor(first_of(r) * 2) else 1 + floor(first_of(r) * 3)
                    end
                when 'ces'
                then
                    case
                        when place < satisfied_share then 5 + floor(first_of(r) * 3) else 1 + floor(first_of(r) * 4)
                    end
                else case when place < 0.7 then 1 when place < 0.75 then 0.5 else 0 end
            end as true_score
        from drawn
    ),

    -- how it was asked: other scales at first, and scales on which less is better
    asked as (
        select
            *,
            case
                when survey_type = 'nps' and product_k = 3 and month < date '2024-07-01'
                then '1-5'
                when survey_type = 'nps' and product_k = 4
                then '10-0'
                when survey_type = 'nps'
                then '0-10'
                when survey_type = 'csat' and product_k = 2 and month < date '2024-10-01'
                then '1-3'
                when survey_type = 'csat'
                then '1-5'
                when survey_type = 'ces' and product_k = 1
                then '7-1'
                when survey_type = 'ces'
                then '1-7'
                else '0-1'
            end as scale
        from scored
    )

select
    survey_type,
    -- with another scale, it is another question
    question_id || case
        when scale in ('0-10', '1-7', '0-1') or scale = '1-5' and survey_type = 'csat' then '' else '-' || scale
    end as question_id,
    response_id,
    product_k,
    product_id,
    m,
    month,
    j,
    r,
    format('CP-{}-{:06d}', product_id, (j + m * 7919) % (8 * n + 1)) as respondent_id,
    floor(second_of(r) * customers.customers)::bigint as customer_k,
    true_score,
    scale,
    case
        scale
        when '1-5'
        then case when survey_type = 'nps' then 1 + floor(true_score * 4 / 10) else true_score end
        when '1-3'
        then case when true_score >= 4 then 3 when true_score = 3 then 2 else 1 end
        when '10-0'
        then 10 - true_score
        when '7-1'
        then 8 - true_score
        else true_score
    end as score,
    -- the first of a cell is given half an hour after midnight: in UTC that is the month before
    case
        when j = 0
        then utc(month::timestamp + interval 30 minute)
        else at_work((month + share_of(first_of(r2), 3, 26)::integer)::date, response_id)
    end as responded_at,
    second_of(r2) < 0.015 and j > 0 as is_answered_twice,
    third_of(r2) < 0.07 and survey_type = 'nps' as is_asked_why,
    third_of(r) < 0.004 as is_corrected,
    third_of(r) > 0.995 as is_landed_again,
    folder_of(month) as folder,
    case when folder_of(month) < last_day_known() then folder_after(month) end as next_folder
from asked
cross join customers
