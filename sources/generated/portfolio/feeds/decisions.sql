select * from raw.decisions
