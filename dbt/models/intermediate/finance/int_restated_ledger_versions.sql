with
    restated_entries as (select * from {{ ref("int_restated_ledger_ids") }}),

    versions as (
        {{
            row_versions(
                "ledger_entries",
                "ledger_entry_id",
                restated_ledger_columns(),
                only=ref("int_restated_ledger_ids"),
            )
        }}
    ),

    first_loads as (
        select landed.ledger_entry_id, min(landed.observed_at) as observed_at
        from {{ source("landing", "ledger_entries") }} as landed
        semi join restated_entries on landed.ledger_entry_id = restated_entries.ledger_entry_id
        where landed._row_kind = 'row'
        group by landed.ledger_entry_id
    ),

    numbered_versions as (
        select
            *,
            row_number() over (partition by ledger_entry_id order by valid_from, valid_to) as version_number,
            lag(valid_to) over (partition by ledger_entry_id order by valid_from, valid_to) as previous_valid_to,
            lead(valid_from) over (partition by ledger_entry_id order by valid_from, valid_to) as next_valid_from
        from versions
    ),

    versions_with_cause as (
        select
            numbered_versions.* exclude (valid_from, valid_to, previous_valid_to, next_valid_from, is_latest),
            case
                when numbered_versions.version_number = 1 then first_loads.observed_at else numbered_versions.valid_from
            end as shown_at,
            case when not numbered_versions.is_current then numbered_versions.valid_to end as ended_at,
            case
                when numbered_versions.version_number = 1 and restated_entries.is_late
                then 'late'
                when
                    numbered_versions.version_number > 1
                    and numbered_versions.previous_valid_to = numbered_versions.valid_from
                then 'corrected'
                when numbered_versions.version_number > 1
                then 'restored'
            end as begun_by,
            case
                when numbered_versions.is_current
                then null
                when numbered_versions.next_valid_from = numbered_versions.valid_to
                then 'corrected'
                else 'deleted'
            end as ended_by
        from numbered_versions
        inner join restated_entries on numbered_versions.ledger_entry_id = restated_entries.ledger_entry_id
        inner join first_loads on numbered_versions.ledger_entry_id = first_loads.ledger_entry_id
    )

-- an entry that its first moment also deleted was never known
select *
from versions_with_cause
where ended_at is null or ended_at > shown_at
