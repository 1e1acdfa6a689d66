select * from raw.usage_daily
