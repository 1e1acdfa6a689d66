-- one row a key result that stands: since when it has said, without a gap, what it says now; the first one since ever
with
    shown as (
        select
            landed.*,
            lag(load_seq) over by_load as seq_before,
            (
                name,
                objective_id,
                kind,
                goal_type,
                unit,
                direction,
                baseline_value,
                target_value,
                start_date,
                due_date,
                owner_id,
                metric_name,
                metric_dimension,
                metric_member_id
            ) as said,
            lag(said) over by_load as said_before
        from stage.landing.key_results as landed
        semi join feed.key_results as standing on standing.key_result_id = landed.key_result_id
        where landed._row_kind = 'row'
        window by_load as (partition by landed.key_result_id order by load_seq)
    ),
    -- a snapshot without it, between two that hold it, took it away
    gaps as (
        select distinct shown.key_result_id, shown.load_seq
        from shown
        inner join
            stage.landing.loads as loads
            on loads.feed = 'key_results'
            and loads.source = shown.source
            and loads.kind = 'snapshot'
            and loads.deletes
            and loads.load_seq > seq_before
            and loads.load_seq < shown.load_seq
        anti join
            stage.landing.key_results as held
            on held.key_result_id = shown.key_result_id
            and held.load_seq = loads.load_seq
    )
select
    shown.key_result_id,
    arg_max(case when seq_before is null then timestamp '0001-01-01' else observed_at end, shown.load_seq) as said_from
from shown
left join gaps on gaps.key_result_id = shown.key_result_id and gaps.load_seq = shown.load_seq
where seq_before is null or said <> said_before or gaps.load_seq is not null
group by all
