with
    deliverables as (select * from {{ ref("int_deliverables") }}),

    approved_amounts as (select * from {{ ref("int_deliverable_amounts") }}),

    initiative_versions as (select * from {{ ref("dim_initiative") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    deliverables_with_keys as (
        select
            {{ surrogate_key(["deliverables.work_item_id"]) }} as deliverable_key,
            deliverables.work_item_id,
            {{ version_keys("initiative", "deliverables.initiative_id") }},
            {{ version_keys("team", "deliverables.team_id") }},
            {{ version_keys("product", "deliverables.product_id") }},
            deliverables.status_category,
            deliverables.created_at,
            deliverables.committed_at,
            deliverables.started_at,
            deliverables.done_at,
            deliverables.released_at,
            deliverables.accepted_at,
            deliverables.created_date,
            deliverables.committed_date,
            deliverables.started_date,
            deliverables.due_date,
            deliverables.current_due_date,
            deliverables.due_date_moves,
            deliverables.done_date,
            deliverables.released_date,
            deliverables.accepted_date,
            deliverables.delivery_date,
            deliverables.first_delivery_date,
            deliverables.is_delivered,
            deliverables.is_cancelled,
            deliverables.is_undated,
            deliverables.is_due,
            deliverables.is_on_time,
            deliverables.lead_time_days,
            deliverables.active_days,
            deliverables.elapsed_days,
            deliverables.first_done_date,
            deliverables.reopened_count,
            deliverables.reopened_within_30_days_count,
            deliverables.is_reopened,
            deliverables.is_rework_known,
            deliverables.contributor_teams,
            deliverables.approved_amount,
            deliverables.approved_currency,
            approved_amounts.approved_reporting_amount,
            deliverables.url as source_url,
            deliverables.source_file,
            deliverables.source_record
        from deliverables
        left join
            approved_amounts on deliverables.work_item_id = approved_amounts.work_item_id
            {{
                join_versions(
                    "initiative", "initiative_versions", "deliverables.initiative_id", "deliverables.created_at"
                )
            }}
            {{ join_versions("team", "team_versions", "deliverables.team_id", "deliverables.created_at") }}
            {{ join_versions("product", "product_versions", "deliverables.product_id", "deliverables.created_at") }}
    )

select *
from deliverables_with_keys
