-- Punctuality is judged by the promise: moving the date after commitment must not make late work punctual.
{{ config(meta={"dagster": {"ref": {"name": "fct_deliverables"}}}) }}

with
    work_items as (select * from {{ ref("stg_work_items") }} where is_deliverable),

    settings as (select * from {{ ref("stg_settings") }}),

    moves_after_commitment as (
        select work_items.work_item_id, changes.from_value, changes.changed_at, changes.change_seq
        from work_items
        inner join {{ ref("stg_work_item_changes") }} as changes on work_items.work_item_id = changes.work_item_id
        where changes.field = 'due_date' and changes.changed_at > work_items.committed_at
    ),

    first_moves as (
        select
            work_item_id, count(*) as moves, min_by(coalesce(from_value, ''), row(changed_at, change_seq)) as promised
        from moves_after_commitment
        group by work_item_id
    ),

    expected_due_dates as (
        select
            work_items.work_item_id,
            case
                when first_moves.moves is null then work_items.due_date else try_cast(first_moves.promised as date)
            end as due_date,
            coalesce(first_moves.moves, 0) as due_date_moves
        from work_items
        left join first_moves on work_items.work_item_id = first_moves.work_item_id
    ),

    compared_deliverables as (
        select
            facts.work_item_id,
            facts.due_date,
            expected_due_dates.due_date as expected_due_date,
            facts.due_date_moves,
            expected_due_dates.due_date_moves as expected_moves,
            facts.is_undated <> (not facts.is_cancelled and expected_due_dates.due_date is null)
            or facts.is_due <> (
                not facts.is_cancelled
                and expected_due_dates.due_date is not null
                and expected_due_dates.due_date <= settings.as_of_date
            )
            or facts.is_on_time <> (
                facts.is_due and facts.done_date is not null and facts.done_date <= expected_due_dates.due_date
            ) as is_misjudged
        from {{ ref("fct_deliverables") }} as facts
        cross join settings
        inner join expected_due_dates on facts.work_item_id = expected_due_dates.work_item_id
    )

select *
from compared_deliverables
where due_date is distinct from expected_due_date or due_date_moves is distinct from expected_moves or is_misjudged
