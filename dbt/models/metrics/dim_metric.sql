with
    definitions as (select * from {{ source("metricflow", "metric_definitions") }}),

    renamed as (
        select
            {{ surrogate_key(["metric_name", "metric_version"]) }} as metric_key,
            metric_name,
            cast(metric_version as integer) as metric_version,
            metric_label,
            description,
            formula,
            unit,
            direction,
            kind,
            valid_min,
            valid_max,
            cast(minimum_n as integer) as minimum_n,
            owner,
            source,
            interval_kind,
            when_empty,
            feeds,
            version_since,
            change_note,
            compiled_sql,
            fingerprint
        from definitions
    )

select *
from renamed
