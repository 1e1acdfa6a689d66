select * from raw.release_items
