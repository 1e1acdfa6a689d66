with
    release_changes as (select * from {{ ref("msr_release_changes") }}),

    products as (select product_key, product_id, product_name from {{ ref("dim_product") }} where is_latest),

    releases as (
        select
            {{ surrogate_key(["release_changes.release_id"]) }} as release_key,
            release_changes.release_id,
            release_changes.release_name,
            release_changes.product_key,
            products.product_id,
            products.product_name,
            release_changes.month_start_date,
            release_changes.released_date,
            release_changes.other_releases as other_releases_in_windows,
            release_changes.nps_before,
            release_changes.nps_before_respondents,
            release_changes.nps_after,
            release_changes.nps_after_respondents,
            release_changes.nps_change,
            release_changes.nps_change_lower,
            release_changes.nps_change_upper,
            release_changes.csat_before,
            release_changes.csat_before_respondents,
            release_changes.csat_after,
            release_changes.csat_after_respondents,
            release_changes.csat_change,
            release_changes.csat_change_lower,
            release_changes.csat_change_upper,
            release_changes.dau_before,
            release_changes.dau_after,
            release_changes.dau_after - release_changes.dau_before as dau_change
        from release_changes
        inner join products on release_changes.product_key = products.product_key
    )

select *
from releases
