with
    quarters as (
        select start_date[:10] as quarter_start, total::decimal(18, 4) as total, category_percentages as shares
        from raw.budgets
    ),

    -- shares as a map, where the mapping walks the keys
    shares as (
        select total, unnest(map_entries(shares::json::map(varchar, decimal(9, 4))), recursive := true) from quarters
    ),

    categories as (
        select key as product_id, count(*) as quarters, sum(total * value) * 0.01 as amount from shares group by all
    ),

    figures as (
        select 'sum(amount)' as measure, sum(total) as expected
        from quarters
        union all
        select 'count(*)', 3 * sum(quarters)
        from categories
        union all
        select 'count(distinct month)', 3 * count(*)
        from quarters
        union all
        select 'min(amount)', 0
        union all
        select
            format(
                'sum(amount) filter (where month >= ''{0}'' and month < date ''{0}'' + interval 3 months'
                || ' and version_date = ''{0}'')',
                quarter_start
            ),
            total
        from quarters
        union all
        select format('sum(amount) filter (where product_id = ''{}'')', product_id), amount
        from categories
    )

select *
from figures
