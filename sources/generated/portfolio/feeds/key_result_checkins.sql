select * from raw.key_result_checkins
