-- one row per product and month: the NPS answers that count (on a whole 0-10 scale, one a person), by group
select
    product_id,
    month,
    count(*) filter (where true_score >= 9) as promoters,
    count(*) filter (where true_score between 7 and 8) as passives,
    count(*) filter (where true_score <= 6) as detractors,
    count(*) as answers,
    any_value(nps_level) as planted_nps
from customer_answers
inner join product_months using (product_id, month)
where survey_type = 'nps' and scale in ('0-10', '10-0')
group by product_id, month
order by product_id, month
