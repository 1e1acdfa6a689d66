-- Whoever queries the answers by their class must come to the published score, without knowing which answers count.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_survey_responses"}}}) }}

with
    answers as (
        select
            date_trunc('month', responded_date) as month,
            survey_type,
            current_product_key,
            -- what each answer adds to its score, NULL where it has none
            case
                survey_type
                when 'nps'
                then case nps_class when 'promoter' then 1 when 'passive' then 0 when 'detractor' then -1 end
                when 'csat'
                then cast(is_satisfied as integer)
                when 'ces'
                then cast(is_easy as integer)
                when 'approval'
                then cast(is_approval as integer)
            end as amount
        from {{ ref("fct_survey_responses") }}
    ),

    scores as (
        select
            case survey_type when 'approval' then 'approval_rate' else survey_type end as metric_name,
            month,
            grouping(current_product_key) = 0 as is_product,
            coalesce(current_product_key, 0) as member_key,
            count(amount) as n,
            sum(amount) as amount
        from answers
        group by grouping sets ((survey_type, month), (survey_type, month, current_product_key))
    ),

    published as (
        select
            metric_name,
            period_start as month,
            dimension_name = 'product' as is_product,
            member_key,
            denominator as n,
            numerator as amount
        from {{ ref("fct_metric_values") }}
        where
            metric_name in ('nps', 'csat', 'ces', 'approval_rate')
            and grain = 'month'
            and dimension_name in ('total', 'product')
            and status <> 'not_measured'
    ),

    -- an answer's score is its distance from the worst end of its scale
    misread_scores as (
        select survey_type as metric_name, date_trunc('month', responded_date) as month
        from {{ ref("fct_survey_responses") }}
        where
            (normalised_score is null) = is_counted
            or abs(normalised_score - scale_min) <> abs(score - if(higher_is_better, scale_min, scale_max))
            or (nps_class = 'promoter') <> (normalised_score > 8)
            or (nps_class = 'detractor') <> (normalised_score < 7)
    )

select metric_name, month
from published
left join scores using (metric_name, month, is_product, member_key)
where scores.n is distinct from published.n or scores.amount is distinct from published.amount
union all
select metric_name, month
from misread_scores
