select
    "Id" as key_result_id,
    "Updated" as checked_at,
    "Current" as value,
    "Confidence" as confidence,
    case when "Current" is null then 'not read yet' end as _excluded,
    _file,
    _record
from raw.okrs
