-- one row per initiative or deliverable and outcome key result that it should move: its weight, and the score that
-- counts
with
    settings as (select * from {{ ref("stg_settings") }}),

    entities as (select * from {{ ref("msr_value_entities") }}),

    links as (
        select *, evidence_level = 'direct' as is_direct
        from {{ ref("bridge_deliverable_key_result") }}
        where is_outcome
    ),

    readings as (select * from {{ ref("int_key_result_readings") }}),

    deliverables as (select * from {{ ref("fct_deliverables") }}),

    -- a due date put off after it had passed is the old one still
    terms as (
        select key_result_id, counted_due_date from {{ ref("dim_key_result") }} where is_current and key_result_key > 0
    ),

    of_deliverables as (
        select 'deliverable' as level, deliverable_key as entity_key, key_result_id, cost_share, is_direct from links
    ),

    -- an initiative's weight of a key result is that of its deliverables; 1 where none of them is linked to it
    initiative_weights as (
        select
            deliverables.current_initiative_key as entity_key,
            links.key_result_id,
            sum(links.cost_share) as cost_share,
            bool_or(links.is_direct) as is_direct
        from links
        inner join deliverables on links.deliverable_key = deliverables.deliverable_key
        group by deliverables.current_initiative_key, links.key_result_id
    ),

    of_initiatives as (
        select
            'initiative' as level,
            goals.initiative_key as entity_key,
            goals.key_result_id,
            case when weights.cost_share > 0 then weights.cost_share else 1 end as cost_share,
            goals.is_own or coalesce(weights.is_direct, false) as is_direct
        from {{ ref("msr_initiative_key_results") }} as goals
        left join
            initiative_weights as weights
            on goals.initiative_key = weights.entity_key
            and goals.key_result_id = weights.key_result_id
        where goals.is_outcome
    ),

    goals as (
        select *
        from of_deliverables
        union all
        select *
        from of_initiatives
    ),

    -- judged up to the later of its due date and the end of the observation window
    timed as (
        select
            goals.*,
            entities.delivery_date,
            greatest(terms.counted_due_date, entities.judged_from_date) as judged_to_date,
            least(settings.as_of_date, greatest(terms.counted_due_date, entities.judged_from_date)) as read_to_date
        from goals
        inner join terms on goals.key_result_id = terms.key_result_id
        inner join entities on goals.level = entities.level and goals.entity_key = entities.entity_key
        cross join settings
    ),

    read as (
        select
            timed.level,
            timed.entity_key,
            timed.key_result_id,
            arg_max(readings.raw_score, readings.read_at) filter (
                readings.read_date <= timed.delivery_date
            ) as score_at_delivery,
            -- packed, so that the latest reading counts even where it has no score
            arg_max({raw_score:readings.raw_score, is_measured:readings.is_measured}, readings.read_at) filter (
                readings.read_date > timed.delivery_date and readings.read_date <= timed.read_to_date
            ) as latest,
            min(readings.read_date) filter (
                readings.read_date > timed.delivery_date and readings.read_date <= timed.read_to_date
            ) as first_measured_date
        from timed
        inner join readings on timed.key_result_id = readings.key_result_id
        group by timed.level, timed.entity_key, timed.key_result_id
    ),

    scored as (
        select
            timed.level,
            timed.entity_key,
            timed.key_result_id,
            timed.judged_to_date,
            timed.is_direct,
            cast(timed.cost_share as decimal(24, 12)) as weight,
            read.score_at_delivery,
            read.first_measured_date,
            read.latest.raw_score as latest_score,
            case
                when read.latest is null
                then 'no reading of its key results since delivery'
                when read.latest.raw_score is null or not read.latest.is_measured
                then 'the movement of its key results lies within noise'
                when
                    read.score_at_delivery >= settings.success_band_good
                    and read.latest.raw_score <= read.score_at_delivery
                then 'its key results were reached before delivery'
            end as unusable_reason,
            coalesce(timed.judged_to_date > settings.as_of_date, false) as is_running
        from timed
        cross join settings
        left join
            read
            on timed.level = read.level
            and timed.entity_key = read.entity_key
            and timed.key_result_id = read.key_result_id
    )

select *
from scored
