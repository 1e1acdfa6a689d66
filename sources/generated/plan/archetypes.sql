-- one row per kind of initiative: the evidence that is planted, and the value status and quadrant that follow from it
-- by the rules of docs/model.md (the first that matches)
-- slots: the objectives it may serve (none: no objective); timing: when it is delivered, if at all
-- benefit: actual hard benefits as a multiple of what it costs directly (none: there is no such row)
select *
from
    (
        values
            (0, 'goals reached', [0, 1], 'window', true, null, 'item', 'value_created', 'valued', 'goals'),
            (1, 'benefits above cost', [3, 4], 'window', true, 4.0, 'initiative', 'value_created', 'valued', 'money'),
            (
                2,
                'goals reached, late',
                [1, 2],
                'window',
                false,
                null,
                'initiative',
                'value_created',
                'emergent',
                'goals'
            ),
            (
                3,
                'benefits without a key result',
                [null::integer, null],
                'window',
                null,
                5.0,
                'none',
                'value_created',
                'valued',
                'money'
            ),
            (4, 'goals reached in part', [3, 4], 'window', true, null, 'item', 'some_value', 'partial', 'goals'),
            (5, 'benefits below cost', [5, 6], 'window', true, 0.35, 'none', 'some_value', 'partial', 'money'),
            (
                6,
                'goals reached, money lost',
                [2, 0],
                'window',
                true,
                -0.4,
                'none',
                'mixed',
                'mixed',
                'goals and money disagree'
            ),
            (7, 'goals did not move', [5, 6], 'window', true, null, 'item', 'no_effect', 'busywork', 'goals'),
            (8, 'benefits that cancel out', [6, 5], 'window', true, 0.0, 'none', 'no_effect', 'busywork', 'money'),
            (9, 'goals went the wrong way', [7, 7], 'window', true, null, 'item', 'negative', 'busywork', 'goals'),
            (
                10,
                'cost not returned by the end of the plan',
                [null, null],
                'window',
                true,
                0.35,
                'none',
                'negative',
                'busywork',
                'money'
            ),
            (
                11,
                'serves no goal',
                [null, null],
                'window',
                true,
                null,
                'none',
                'unlinked',
                'undetermined',
                'no outcome key result'
            ),
            (
                12,
                'serves output goals alone',
                [11, 11],
                'window',
                true,
                null,
                'item',
                'unlinked',
                'undetermined',
                'no outcome key result'
            ),
            (
                13,
                'goals never read again',
                [8, 8],
                'window',
                true,
                null,
                'initiative',
                'unmeasured',
                'undetermined',
                'no reading after delivery'
            ),
            (
                14,
                'just delivered',
                [10, null],
                'recent',
                true,
                0.2,
                'none',
                'too_early',
                'undetermined',
                'observation window is open'
            ),
            (15, 'goals still run', [9, 9], 'window', true, null, 'none', 'too_early', 'undetermined', 'goal_running'),
            (16, 'under way', [10, 9], 'open', null, null, 'none', 'not_delivered', 'undetermined', 'work is open'),
            (17, 'overdue', [10, 6], 'overdue', null, null, 'none', 'not_delivered', 'stalled', 'work is open'),
            (18, 'given up', [9, 4], 'cancelled', null, null, 'none', 'not_delivered', 'stalled', 'cancelled'),
            (
                19,
                'benefit before delivery',
                [10, null],
                'open',
                null,
                0.3,
                'none',
                'not_delivered',
                'undetermined',
                'work is open'
            )
    ) as kinds(
        archetype, archetype_name, slots, timing, is_on_time, benefit, link_level, value_status, quadrant, evidence
    )
