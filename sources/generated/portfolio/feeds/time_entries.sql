select * from raw.time_entries
