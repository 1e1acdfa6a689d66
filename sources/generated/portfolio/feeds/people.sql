select * from raw.people
