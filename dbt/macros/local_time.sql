{#- The portfolio's wall clock of a UTC timestamp. -#}
{% macro local_time(utc, time_zone) -%}
    {{ return(adapter.dispatch("local_time", "outcome_warehouse")(utc, time_zone)) }}
{%- endmacro %}

{% macro default__local_time(utc, time_zone) -%} timezone({{ time_zone }}, timezone('UTC', {{ utc }})) {%- endmacro %}

{% macro spark__local_time(utc, time_zone) -%} from_utc_timestamp({{ utc }}, {{ time_zone }}) {%- endmacro %}

{#- The portfolio's day of a UTC timestamp. -#}
{% macro local_date(utc, time_zone) -%} cast({{ local_time(utc, time_zone) }} as date) {%- endmacro %}

{#- Seconds from one timestamp to another, fractions kept. -#}
{% macro seconds_between(start, end) -%}
    {{ return(adapter.dispatch("seconds_between", "outcome_warehouse")(start, end)) }}
{%- endmacro %}

{% macro default__seconds_between(start, end) -%} epoch({{ end }} - {{ start }}) {%- endmacro %}

{% macro spark__seconds_between(start, end) -%}
    (unix_micros({{ end }}) - unix_micros({{ start }})) / 1000000
{%- endmacro %}

{#- The UTC timestamp of the portfolio's wall clock. -#}
{% macro utc_time(local, time_zone) -%}
    {{ return(adapter.dispatch("utc_time", "outcome_warehouse")(local, time_zone)) }}
{%- endmacro %}

{% macro default__utc_time(local, time_zone) -%} timezone('UTC', timezone({{ time_zone }}, {{ local }})) {%- endmacro %}

{% macro spark__utc_time(local, time_zone) -%} to_utc_timestamp({{ local }}, {{ time_zone }}) {%- endmacro %}
