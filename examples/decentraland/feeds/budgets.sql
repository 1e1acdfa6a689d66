with
    quarters as (
        select
            start_date::timestamptz::date as quarter_start,
            total::decimal(18, 2) as total,
            category_percentages,
            _file,
            _record
        from raw.budgets
    ),

    categories as (select *, unnest(json_keys(category_percentages)) as category from quarters),

    shares as (
        select *, total * (category_percentages ->> category)::decimal(9, 4) * 0.01 as quarter_amount from categories
    ),

    -- a quarter's amount times a third can't be written out: the last month takes
    -- what is left
    thirds as (
        select
            *,
            round(quarter_amount * 0.333333333333, 2) as third,
            unnest([0, 1, 2]) as nth,
            (quarter_start + to_months(nth))::date as month
        from shares
    ),

    budgets as (
        select
            strftime(month, '%Y-%m') || ':' || category as budget_id,
            month,
            category as product_id,
            case when nth = 2 then quarter_amount - 2 * third else third end as amount,
            'USD' as currency,
            'published' as budget_version,
            quarter_start as version_date,
            _file,
            _record
        from thirds
    )

select *
from budgets
