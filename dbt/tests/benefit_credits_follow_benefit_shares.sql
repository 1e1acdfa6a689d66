-- A benefit is credited to what brought it: its initiative's work, first done by the month's end and linked to its key
-- result.
{{ config(meta={"dagster": {"ref": {"name": "fct_benefit_credits"}}}) }}

with
    benefits as (
        select
            benefit_key,
            current_initiative_key,
            key_result_id,
            month_start_date,
            cast(benefit_reporting_amount * 10000 as hugeint) as units
        from {{ ref("fct_benefits") }}
    ),

    deliverables as (
        select work.deliverable_key, work.current_initiative_key, days.month_start_date as done_month_date
        from {{ ref("fct_deliverables") }} as work
        inner join {{ ref("dim_date") }} as days on least(work.first_done_date, work.done_date) = days.date_day
        where work.is_delivered and work.current_initiative_key > 0
    ),

    shares as (
        select
            benefits.benefit_key,
            benefits.units,
            links.deliverable_key,
            links.deliverable_id,
            cast(links.benefit_share * 1000000000000 as hugeint) as weight
        from benefits
        inner join
            deliverables
            on benefits.current_initiative_key = deliverables.current_initiative_key
            and benefits.month_start_date >= deliverables.done_month_date
        inner join
            {{ ref("bridge_deliverable_key_result") }} as links
            on deliverables.deliverable_key = links.deliverable_key
            and benefits.key_result_id = links.key_result_id
        where links.benefit_share > 0 and benefits.units is not null
    ),

    weighted_shares as (
        select
            *,
            abs(units) * weight as weighted_units,
            sum(weight) over (partition by benefit_key) as total_weight,
            weighted_units % total_weight as remainder
        from shares
    ),

    -- what a part has beyond its whole units: one more at most, and that in the order of the remainders
    credits_beyond_whole_units as (
        select
            coalesce(credits.benefit_key, weighted_shares.benefit_key) as benefit_key,
            coalesce(credits.deliverable_key, weighted_shares.deliverable_key) as deliverable_key,
            credits.credited_reporting_amount,
            weighted_shares.benefit_key is not null as is_candidate,
            weighted_shares.remainder,
            weighted_shares.weight,
            weighted_shares.deliverable_id,
            case
                when weighted_shares.units = 0
                then if(credits.benefit_key is not null, 1, 0)
                else
                    sign(weighted_shares.units) * coalesce(credits.credited_reporting_amount, 0) * 10000
                    - divide(weighted_shares.weighted_units, weighted_shares.total_weight)
            end as units_beyond
        from {{ ref("fct_benefit_credits") }} as credits
        full outer join
            weighted_shares
            on credits.benefit_key = weighted_shares.benefit_key
            and credits.deliverable_key = weighted_shares.deliverable_key
    )

select benefit_key, deliverable_key, credited_reporting_amount, is_candidate, units_beyond
from credits_beyond_whole_units
qualify
    (not is_candidate and (deliverable_key <> -1 or bool_or(is_candidate) over (partition by benefit_key)))
    or units_beyond not in (0, 1)
    or units_beyond
    > lag(units_beyond) over (partition by benefit_key order by remainder desc, weight desc, deliverable_id)
