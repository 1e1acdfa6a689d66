select * from raw.recognitions
