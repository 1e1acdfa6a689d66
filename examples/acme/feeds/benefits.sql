select * from raw.benefits
