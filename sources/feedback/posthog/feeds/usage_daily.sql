select
    coalesce(getvariable('product'), getvariable('source') || ':' || getvariable('project')) as product_id,
    person as user_id,
    day as usage_date,
    feature,
    events,
    case
        when row_number() over (partition by day, person, feature order by _record desc) > 1 then 'merged'
    end as _excluded,
    _file,
    _record
from raw.use
