-- Running sums drift for good if one opening lacks its closing: on every day dau, wau and mau must be nested, and a
-- total
-- lies between its largest product and the sum of all.
{{ config(meta={"dagster": {"ref": {"name": "fct_active_users"}}}) }}

with
    members as (select * from {{ ref("fct_active_users") }}),

    products as (
        select usage_date, max(mau) as largest, sum(mau) as summed
        from members
        where dimension_name = 'product'
        group by usage_date
    ),

    outside as (
        select members.usage_date, members.dimension_name, members.member_key, members.dau, members.wau, members.mau
        from members
        left join products on members.dimension_name = 'total' and members.usage_date = products.usage_date
        where
            members.dau < 0
            or members.wau < members.dau
            or members.mau < members.wau
            or members.mau < products.largest
            or members.mau > products.summed
    )

select *
from outside
