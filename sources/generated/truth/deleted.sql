-- one row per work item that the tracker no longer holds, and the first folder without it
select work_item_id, level, gone_from from items where gone_from <= last_day_known() order by work_item_id
