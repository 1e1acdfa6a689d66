{#- Months that have ended and of which each of these feeds covers every day: a query of `month_start_date`. -#}
{% macro whole_months(feeds) %}
    select month_start_date
    from
        (
            select cast({{ dbt.date_trunc("month", "date_day") }} as date) as month_start_date
            from {{ ref("int_feed_days") }}
            where feed in ('{{ feeds | join("', '") }}')
        ) as covered_days
    group by month_start_date
    having
        count(*)
        = {{ feeds | length }}
        * (
            {{
                dbt.datediff(
                    "month_start_date", "cast(" ~ dbt.last_day("month_start_date", "month") ~ " as date)", "day"
                )
            }} + 1
        )
{% endmacro %}
