select * from raw.releases
