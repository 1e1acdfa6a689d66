select * from raw.objectives
