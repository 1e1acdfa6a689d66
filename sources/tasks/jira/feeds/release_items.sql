with
    latest_records as (select id, max(_record) as latest_record from raw.issues group by id),
    issues as (
        select
            id,
            from_json(fields, '{"fixVersions": [{"id": "VARCHAR", "released": "VARCHAR", "releaseDate": "VARCHAR"}]}')
            .fixversions as versions,
            _file,
            _record
        from raw.issues
    ),
    versions as (
        -- an issue of none still has a row
        select id, unnest(case when len(versions) > 0 then versions else [null] end) as version, _file, _record
        from issues
    )
select
    getvariable('source') || ':' || version.id as release_id,
    getvariable('source') || ':' || versions.id as work_item_id,
    case
        when _record < latest_record
        then 'merged'
        when version is null
        then 'in no version'
        when version.released is distinct from 'true'
        then 'not released'
        when version.releasedate is null
        then 'no release date'
    end as _excluded,
    _file,
    _record
from versions
left join latest_records on versions.id = latest_records.id
