-- A comparison with another period would mislead: it is the same period a year before, else the one just before.
-- A week is compared with the one 52 weeks before it. Days and the whole time are not compared.
with
    whole_periods as (
        select *
        from {{ ref("fct_metric_values") }}
        where grain in ('week', 'month', 'quarter', 'year', 'fiscal_year') and status = 'measured' and not is_partial
    ),

    earlier_periods as (
        select
            newer.metric_value_key,
            newer.grain,
            newer.period_start,
            newer.member_key,
            newer.value,
            max(older.period_start) filter (
                where
                    case
                        newer.grain
                        when 'week'
                        then newer.period_start - older.period_start = 7 * 52
                        else
                            year(newer.period_start) - year(older.period_start) = 1
                            and strftime(newer.period_start, '%m-%d') = strftime(older.period_start, '%m-%d')
                    end
            ) as year_before,
            max(older.period_start) filter (where older.period_end = newer.period_start) as period_before
        from whole_periods as newer
        inner join
            whole_periods as older
            on newer.metric_name = older.metric_name
            and newer.metric_version = older.metric_version
            and newer.grain = older.grain
            and newer.dimension_name = older.dimension_name
            and newer.member_key = older.member_key
        group by all
    ),

    expected_comparisons as (
        select
            metric_value_key,
            grain,
            period_start,
            member_key,
            coalesce(year_before, period_before) as compared_period_start,
            case when year_before is not null then 'year_before' else 'period_before' end as compared_with,
            value
        from earlier_periods
        where coalesce(year_before, period_before) is not null
    ),

    published_comparisons as (
        select metric_value_key, grain, period_start, member_key, compared_period_start, compared_with, value
        from {{ ref("fct_metric_comparisons") }}
        where abs(value - compared_value - change) <= 1e-9 * greatest(abs(value), abs(compared_value))
    )

select *, 'expected' as fault
from
    (
        select *
        from expected_comparisons
        except all
        select *
        from published_comparisons
    )
union all
select *, 'found' as fault
from
    (
        select *
        from published_comparisons
        except all
        select *
        from expected_comparisons
    )
