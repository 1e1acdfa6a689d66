-- Running sums are exact only if each opening has its closing: at month ends, and on the last day, users are counted
-- one by one.
{{ config(meta={"dagster": {"ref": {"name": "fct_active_users"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    told as (select *, max(usage_date) over () as last_date from {{ ref("fct_active_users") }}),

    days as (
        select * from told where usage_date = last_date or (day(usage_date + 1) = 1 and month(usage_date + 1) % 3 = 1)
    ),

    use as (
        select distinct usage_date, current_product_key, user_id from {{ ref("fct_usage_daily") }} where events > 0
    ),

    counted as (
        select
            days.dimension_name,
            days.member_key,
            days.usage_date,
            count(distinct use.user_id) filter (use.usage_date = days.usage_date) as dau,
            count(distinct use.user_id) filter (use.usage_date > days.usage_date - 7) as wau,
            count(distinct use.user_id) as mau
        from days
        left join
            use
            on use.usage_date between days.usage_date - 27 and days.usage_date
            and (days.dimension_name = 'total' or use.current_product_key = days.member_key)
        group by days.dimension_name, days.member_key, days.usage_date
    ),

    covered as (select max(date_day) as last_date from {{ ref("int_feed_days") }} where feed = 'usage_daily'),

    differing as (
        select days.usage_date, days.dimension_name, days.member_key
        from days
        inner join
            counted
            on days.dimension_name = counted.dimension_name
            and days.member_key = counted.member_key
            and days.usage_date = counted.usage_date
        where (days.dau, days.wau, days.mau) <> (counted.dau, counted.wau, counted.mau)
    ),

    cut_short as (
        select covered.last_date as usage_date, 'total' as dimension_name, 0 as member_key
        from covered
        cross join (select max(usage_date) as last_date from told) as shown
        where shown.last_date <> covered.last_date
    )

select *
from differing
union all
select *
from cut_short
