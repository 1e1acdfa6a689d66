select * from raw.rituals
