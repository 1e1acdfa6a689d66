with
    settings as (select * from {{ ref("stg_settings") }}),

    deliverables as (select * from {{ ref("fct_deliverables") }}),

    named_deliverables as (select * from {{ ref("dim_deliverable") }}),

    initiatives as (select * from {{ ref("dim_initiative") }} where is_current and initiative_key > 0),

    teams as (select * from {{ ref("dim_team") }} where is_current),

    products as (select * from {{ ref("dim_product") }} where is_current),

    objectives as (select objective_key, objective_id from {{ ref("dim_objective") }} where objective_key > 0),

    main_objectives as (select * from {{ ref("msr_deliverable_objectives") }} where is_main),

    initiative_states as (select * from {{ ref("int_initiatives") }}),

    -- whether a source has data on work at all: if none has, no deliverables are not zero deliverables
    work_coverage as (select count(*) > 0 as is_work_covered from {{ ref("int_feed_days") }} where feed = 'work_items'),

    deliverable_rows as (
        select
            'deliverable' as level,
            deliverables.deliverable_key as entity_key,
            deliverables.work_item_id as entity_id,
            named_deliverables.deliverable_name as entity_name,
            deliverables.current_initiative_key as initiative_key,
            deliverables.current_product_key as product_key,
            deliverables.current_team_key as team_key,
            main_objectives.objective_key,
            deliverables.status_category as stage,
            deliverables.is_delivered,
            deliverables.is_cancelled,
            deliverables.delivery_date,
            deliverables.first_delivery_date,
            -- as in on_time_rate, a promise is kept on the day the work is done
            deliverables.done_date as promised_work_date,
            deliverables.due_date,
            cast(1 as bigint) as deliverables,
            cast(deliverables.is_delivered as bigint) as deliverables_delivered,
            cast(deliverables.is_due as bigint) as deliverables_due,
            cast(deliverables.is_on_time as bigint) as deliverables_on_time,
            deliverables.approved_reporting_amount
        from deliverables
        inner join named_deliverables on deliverables.deliverable_key = named_deliverables.deliverable_key
        inner join main_objectives on deliverables.deliverable_key = main_objectives.deliverable_key
    ),

    initiative_rows as (
        select
            'initiative' as level,
            initiatives.initiative_key as entity_key,
            initiatives.initiative_id as entity_id,
            initiatives.initiative_name as entity_name,
            initiatives.initiative_key,
            {{ member_key("initiatives.product_id", "products.product_key") }} as product_key,
            {{ member_key("initiatives.team_id", "teams.team_key") }} as team_key,
            {{ member_key("initiatives.objective_id", "objectives.objective_key") }} as objective_key,
            initiatives.stage,
            initiative_states.is_delivered,
            initiatives.stage = 'cancelled' as is_cancelled,
            initiative_states.delivery_date,
            initiative_states.first_delivery_date,
            initiative_states.delivery_date as promised_work_date,
            initiatives.planned_end_date as due_date,
            case when is_work_covered then initiative_states.deliverables end as deliverables,
            case when is_work_covered then initiative_states.deliverables_delivered end as deliverables_delivered,
            case when is_work_covered then initiative_states.deliverables_due end as deliverables_due,
            case when is_work_covered then initiative_states.deliverables_on_time end as deliverables_on_time,
            initiatives.approved_reporting_amount
        from initiatives
        inner join initiative_states on initiatives.initiative_key = initiative_states.initiative_key
        cross join work_coverage
        left join products on initiatives.product_id = products.product_id
        left join teams on initiatives.team_id = teams.team_id
        left join objectives on initiatives.objective_id = objectives.objective_id
    ),

    all_rows as (
        select *
        from deliverable_rows
        union all
        select *
        from initiative_rows
    ),

    entities as (
        select
            all_rows.* exclude (delivery_date, first_delivery_date, promised_work_date),
            case when all_rows.is_delivered then all_rows.delivery_date end as delivery_date,
            case when all_rows.is_delivered then all_rows.first_delivery_date end as first_delivery_date,
            all_rows.is_delivered and coalesce(all_rows.promised_work_date > all_rows.due_date, false) as is_late,
            not all_rows.is_delivered and coalesce(all_rows.due_date < settings.as_of_date, false) as is_overdue
        from all_rows
        cross join settings
    )

select *
from entities
