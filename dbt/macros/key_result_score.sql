{#-
    The score of a value of a key result: the share of the way from baseline to target, below 0 where it went the wrong
    way; of a level to hold 1 where the value is at or better than the target, else 0; NULL without what a score needs. Rounded to 12 places, so that a value
    that lies on a threshold is not moved off it by floating point. `terms` is an alias with the columns of
    `int_key_result_terms`.
-#}
{% macro key_result_score(value, terms) -%}
    case
        when not {{ terms }}.is_scorable
        then null
        when {{ terms }}.goal_type = 'hold' and {{ terms }}.direction = 'up'
        then case when round({{ value }} - {{ terms }}.target_value, 10) >= 0 then 1.0e0 else 0.0e0 end
        when {{ terms }}.goal_type = 'hold'
        then case when round({{ value }} - {{ terms }}.target_value, 10) <= 0 then 1.0e0 else 0.0e0 end
        else
            round(
                ({{ value }} - {{ terms }}.baseline_value)
                / nullif({{ terms }}.target_value - {{ terms }}.baseline_value, 0),
                12
            )
            -- a value that stays on its baseline scores 0 and not -0
            + 0.0e0
    end
{%- endmacro %}

{#-
    The same of a reading (alias with `value`, `lower`, `upper`), which counts as a movement only if its interval, where it has
    one, excludes the baseline together with the interval that the metric had at the start. Else 0, or NULL (within noise)
    where it reaches as far as a good score, so that nobody can tell. A level to hold is compared as it is.
-#}
{% macro measured_score(reading, terms, good) -%}
    case
        when
            {{ terms }}.goal_type = 'hold'
            or {{ reading }}.lower is null
            or {{ reading }}.upper is null
            or {{ reading }}.lower
            > greatest({{ terms }}.baseline_value, coalesce({{ terms }}.baseline_upper, {{ terms }}.baseline_value))
            or {{ reading }}.upper
            < least({{ terms }}.baseline_value, coalesce({{ terms }}.baseline_lower, {{ terms }}.baseline_value))
        then {{ key_result_score(reading ~ ".value", terms) }}
        when
            {{ terms }}.baseline_value + {{ good }} * ({{ terms }}.target_value - {{ terms }}.baseline_value)
            not between {{ reading }}.lower
            and {{ reading }}.upper
        then 0.0e0
    end
{%- endmacro %}

{#- A score from 0 to 1; NULL stays NULL, which greatest and least would pass over. -#}
{% macro clamped_score(score) -%}
    case when {{ score }} is not null then greatest(0.0e0, least(1.0e0, {{ score }})) end
{%- endmacro %}
