{#- Numbers that definitions name; what a portfolio may choose is a setting (`stg_settings`). -#}
{#- Days within which work that was done, or a ticket that was solved, comes back to count as rework. -#}
{% macro rework_days() -%} 30 {%- endmacro %}

{#- Days after its last change for which work in progress still counts as worked on. -#}
{% macro idle_days() -%} 30 {%- endmacro %}

{#- Days between two readings of a key result where nothing else is known, and the least that is learned from check-ins. -#}
{% macro review_days() -%} 30 {%- endmacro %}

{#- Gaps between check-ins from which a pace can be learned. -#}
{% macro cadence_gaps() -%} 2 {%- endmacro %}

{#- Days without a reading up to which a key result is measured: the days between two readings and a sixth of them. -#}
{% macro silence_days(review_days) -%} cast(floor({{ review_days }} * 7 / 6) as integer) {%- endmacro %}

{#- Days over which a cohort of users is followed: five weeks. -#}
{% macro cohort_days() -%} 35 {%- endmacro %}

{#- The outcome score from which down work did harm. -#}
{% macro harm_score() -%} - 0.1 {%- endmacro %}

{#- The least confidence with which a goal is worth setting. -#}
{% macro even_odds() -%} 0.5 {%- endmacro %}

{#- People who must have answered on either side of a release for a change to be shown. -#}
{% macro release_respondents() -%} 10 {%- endmacro %}

{#- What a team's figure before or after a pilot's start must be computed from. -#}
{% macro pilot_observations() -%} 5 {%- endmacro %}
