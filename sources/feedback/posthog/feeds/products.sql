select
    getvariable('source') || ':' || id as product_id,
    name,
    case when getvariable('product') is not null then 'the settings name a product' end as _excluded,
    _file,
    _record
from raw.projects
