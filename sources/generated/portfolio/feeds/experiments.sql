select * from raw.experiments
