select * from raw.key_results
