with
    months as (select distinct month_start_date, fiscal_year_start_date from {{ ref("int_calendar") }}),

    -- of a month that runs, or that the ledger doesn't cover whole, the cost isn't known yet
    whole_months as ({{ whole_months(["ledger_entries"]) }}),

    compared_months as (
        select months.month_start_date, months.fiscal_year_start_date
        from months
        inner join whole_months on months.month_start_date = whole_months.month_start_date
    )

select *
from compared_months
