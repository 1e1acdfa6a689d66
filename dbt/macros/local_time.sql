{#- The portfolio's wall clock of a UTC timestamp. -#}
{% macro local_time(utc, time_zone) -%} timezone({{ time_zone }}, timezone('UTC', {{ utc }})) {%- endmacro %}

{#- The portfolio's day of a UTC timestamp. -#}
{% macro local_date(utc, time_zone) -%} cast({{ local_time(utc, time_zone) }} as date) {%- endmacro %}

{#- Seconds from one timestamp to another, fractions kept. -#}
{% macro seconds_between(start, end) -%} epoch({{ end }} - {{ start }}) {%- endmacro %}

{#- The UTC timestamp of the portfolio's wall clock. -#}
{% macro utc_time(local, time_zone) -%} timezone('UTC', timezone({{ time_zone }}, {{ local }})) {%- endmacro %}
