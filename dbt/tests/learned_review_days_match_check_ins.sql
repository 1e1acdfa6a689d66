-- How often a key result is read is learned from its check-ins: another pace would call a lively goal silent, or a
-- silent one lively.
{{ config(meta={"dagster": {"ref": {"name": "fct_key_result_progress"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    days_per_key_result as (
        select
            checkins.key_result_id,
            list_sort(
                list_distinct(list({{ local_date("checkins.checked_at", "settings.time_zone") }}))
            ) as checked_days
        from {{ ref("stg_key_result_checkins") }} as checkins
        cross join settings
        where checkins.checked_at <= settings.as_of_at
        group by checkins.key_result_id
    ),

    gaps_per_key_result as (
        select
            key_result_id,
            list_sort(
                list_transform(
                    range(2, len(checked_days) + 1), lambda place:checked_days[place] - checked_days[place - 1]
                )
            ) as gaps
        from days_per_key_result
    ),

    gaps_of_portfolio as (select list_sort(flatten(list(gaps))) as gaps from gaps_per_key_result),

    expected_terms as (
        select
            versions.key_result_key,
            coalesce(
                versions.review_every,
                cast(settings.review_every as bigint),
                case
                    when versions.metric_name is not null
                    then 30
                    when len(gaps_per_key_result.gaps) >= 2
                    then greatest(30, gaps_per_key_result.gaps[cast(ceil(len(gaps_per_key_result.gaps) / 2) as int)])
                    when len(gaps_of_portfolio.gaps) >= 2
                    then greatest(30, gaps_of_portfolio.gaps[cast(ceil(len(gaps_of_portfolio.gaps) / 2) as int)])
                    else 30
                end
            ) as expected_review_days
        from {{ ref("int_key_result_versions") }} as versions
        cross join settings
        cross join gaps_of_portfolio
        left join gaps_per_key_result on versions.key_result_id = gaps_per_key_result.key_result_id
    )

select progress.key_result_id, progress.as_of_date, progress.review_days, expected_terms.expected_review_days
from {{ ref("fct_key_result_progress") }} as progress
inner join expected_terms on progress.key_result_key = expected_terms.key_result_key
where progress.review_days <> expected_terms.expected_review_days
