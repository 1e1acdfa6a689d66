{#-
    Keys of members that aren't looked up by a moment. `members` gives for each key the id in the relation `of` that names
    the member, and its dimension; `member_key` and `member_id` are the dimension's columns where they are named otherwise,
    `state` the flag of the version that is meant. A missing id is -2, the id `unknown` -1, an id of no member -3.
-#}
{% test holds_member(model, of, key, members, filter="true") %}
    {% for held_key, member in members.items() %}
        {%- set member_key = "members." ~ member.get("member_key", member.dimension ~ "_key") -%}
        {%- set member_id = "members." ~ member.get("member_id", member.dimension ~ "_id") %}
        select
            '{{ held_key }}' as column_name,
            facts.{{ held_key }} as held_key,
            given.{{ member.id }} as id,
            {{ member_key }} as member_key
        from {{ model }} as facts
        inner join
            {{ of }} as given
            on {% for column in key %} facts.{{ column }} = given.{{ column }} {{ "and" if not loop.last }} {% endfor %}
        left join
            {{ ref("dim_" ~ member.dimension) }} as members
            on given.{{ member.id }} = {{ member_id }}
            and {{ member_key }} > 0 {{ "and members." ~ member.state if member.state }}
        where
            {{ filter }}
            and facts.{{ held_key }} is distinct from case
                when given.{{ member.id }} is null
                then -2
                when lower(given.{{ member.id }}) = 'unknown'
                then -1
                else coalesce({{ member_key }}, -3)
            end
            {{ "union all" if not loop.last }}
    {% endfor %}
{% endtest %}
