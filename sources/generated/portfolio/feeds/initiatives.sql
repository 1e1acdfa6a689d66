select * from raw.initiatives
