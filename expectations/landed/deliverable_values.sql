-- one row per deliverable: its value status by key results and by money
with
    deliverables as (
        select
            items.*,
            delivered.day is not null as is_done,
            delivered.day as delivery_day,
            judged_day,
            items.initiative in (select initiative_id from feed.initiatives) as is_initiative,
            coalesce(items.item_type in (select unnest(run_item_types) from stage.landing.settings), false) as is_run
        from feed.work_items as items
        left join feed.delivered_work as delivered on delivered.work_item_id = items.work_item_id
        left join feed.judged_deliveries as judged on judged.level = 'deliverable' and judged.id = items.work_item_id
        where items.is_deliverable
    ),
    linked as (select deliverable_id, bool_or(is_outcome) as has_outcome from feed.deliverable_goals group by all),
    judged as (
        select
            deliverables.*,
            coalesce(has_outcome, false) as has_outcome,
            is_costed,
            cost,
            last_day,
            scores,
            coalesce(is_own_score, false) as is_own_score,
            reached_day,
            case
                when score <= -0.1
                then -1
                when score < success_band_some
                then 0
                when score < success_band_good
                then 1
                when score is not null
                then 2
            end as by_score,
            deliverables.initiative in (from feed.losses) as is_in_loss,
            is_initiative
            and deliverables.initiative in (select initiative from feed.benefit_amounts) as has_initiative_benefit,
            case
                when not (is_costed and is_rated)
                then null
                when benefit <= 0
                then sign(benefit)::int
                when benefit <= cost
                then 1
                else 2
            end as by_money,
            coalesce(greatest(by_score, by_money), -9) as best,
            coalesce(least(by_score, by_money), 9) as worst
        from deliverables
        cross join stage.landing.settings
        inner join feed.deliverable_money as money on money.deliverable_id = deliverables.work_item_id
        left join linked on linked.deliverable_id = deliverables.work_item_id
        left join feed.judged_scores as scores on scores.level = 'deliverable' and scores.id = deliverables.work_item_id
    )
select
    judged.work_item_id as deliverable_id,
    team,
    product,
    initiative,
    delivery_day as day,
    is_run,
    has_outcome and not is_run as is_aligned,
    cost,
    is_costed,
    coalesce(by_score = 2 and is_own_score, false) or coalesce(by_money = 2, false) as is_shown_by_itself,
    case
        when status_category = 'cancelled'
        then 'cancelled'
        when not coalesce(is_done, false)
        then 'open'
        when not has_outcome
        then if(has_initiative_benefit, 'unmeasured', 'unlinked')
        when as_of_date < judged_day + observation_window_days::int
        then 'too_early'
        when last_day > as_of_date
        then 'too_early'
        when best > 0 and (worst = -1 or is_in_loss)
        then 'mixed'
        when worst = -1
        then 'negative'
        when best = 2 and coalesce(by_money, 2) = 2
        then 'created'
        when best > 0
        then 'some'
        when best = 0
        then 'none'
        else 'unmeasured'
    end as verdict,
    is_done and has_outcome as is_timed,
    case
        when not is_timed or last_day > as_of_date or scores = 0
        then null
        else coalesce((reached_day - judged_day)::double, 'infinity'::double)
    end as days_to_value
from judged
cross join stage.landing.settings
