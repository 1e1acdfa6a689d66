with
    versions as (select * from {{ ref("int_initiative_versions") }}),

    approved_amounts as (select * from {{ ref("int_approved_amounts") }}),

    initiative_versions as (
        select
            versions.initiative_key,
            versions.initiative_id,
            versions.name as initiative_name,
            versions.stage,
            versions.objective_id,
            versions.team_id,
            versions.product_id,
            versions.planned_start_date,
            versions.planned_end_date,
            versions.started_at,
            versions.ended_at,
            versions.approved_at,
            versions.approved_amount,
            versions.currency as approved_currency,
            approved_amounts.approved_reporting_amount,
            versions.source_file,
            versions.source_record,
            versions.valid_from,
            versions.valid_to,
            versions.is_current,
            versions.is_latest
        from versions
        left join approved_amounts on versions.initiative_key = approved_amounts.initiative_key
    ),

    special_members as ({{ unknown_members("initiative") }}),

    all_members as (
        select *
        from initiative_versions
        union all by name
        select *
        from special_members
    )

select *
from all_members
