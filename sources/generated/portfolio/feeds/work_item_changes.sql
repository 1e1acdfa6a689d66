select key as work_item_id, field, changed_at, change_seq, from_value, to_value, changed_by, _file, _record
from raw.issue_changes
