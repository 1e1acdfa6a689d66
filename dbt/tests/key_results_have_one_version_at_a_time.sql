-- A reading is held against the one version in force: two at a time would score it twice, none would drop it.
{{ config(meta={"dagster": {"ref": {"name": "dim_key_result"}}}) }}

with
    versions as (select * from {{ ref("dim_key_result") }} where key_result_key > 0),

    standing as (select key_result_id from {{ ref("stg_key_results") }}),

    overlapping as (
        select earlier.key_result_id, 'versions overlap' as problem
        from versions as earlier
        inner join
            versions as later
            on earlier.key_result_id = later.key_result_id
            and earlier.key_result_key <> later.key_result_key
            and earlier.valid_from <= later.valid_from
            and earlier.valid_to > later.valid_from
    ),

    current_versions as (select key_result_id from versions where is_current),

    not_current as (
        select
            coalesce(standing.key_result_id, current_versions.key_result_id) as key_result_id,
            'it stands without a current version, or the other way round' as problem
        from standing
        full outer join current_versions on standing.key_result_id = current_versions.key_result_id
        where standing.key_result_id is null or current_versions.key_result_id is null
    )

select *
from overlapping
union all
select *
from not_current
