{#-
    For each id in the relation `of` (`ids`: dimension and column), a fact holds the version of the member that was valid at
    `moment`, else the latest version, and beside it the latest: found here as the last version that began by the moment.
    A missing id is -2, the id `unknown` -1, an id of no member -3.
-#}
{% test fact_holds_valid_member(model, of, key, moment, ids, filter="true") %}
    with
        {% for entity, id in ids.items() %}
            {{ entity }}_versions as (
                select
                    {{ entity }}_id,
                    {{ entity }}_key,
                    valid_from,
                    valid_to,
                    max(valid_from) over (partition by {{ entity }}_id) = valid_from as is_newest
                from {{ ref("dim_" ~ entity) }}
                where {{ entity }}_key > 0
            ),

            {{ entity }}_facts as (
                select
                    facts.{{ entity }}_key as held_key,
                    facts.current_{{ entity }}_key as held_current_key,
                    given.{{ id }} as id,
                    given.{{ moment }} as moment,
                    '{{ entity }}' as entity,
                    {% for column in key %} facts.{{ column }}{{ " || ' ' || " if not loop.last }} {% endfor %} as fact
                from {{ model }} as facts
                inner join
                    {{ of }} as given
                    on {% for column in key %}
                        facts.{{ column }} = given.{{ column }} {{ "and" if not loop.last }}
                    {% endfor %}
                where {{ filter }}
            ),

            {{ entity }}_begun as (
                select facts.fact, facts.moment, max(versions.valid_from) as valid_from
                from {{ entity }}_facts as facts
                inner join
                    {{ entity }}_versions as versions
                    on facts.id = versions.{{ entity }}_id
                    and facts.moment >= versions.valid_from
                group by facts.fact, facts.moment
            ),

            {{ entity }}_expected as (
                select
                    facts.*,
                    coalesce(
                        case when facts.moment < at_moment.valid_to then at_moment.{{ entity }}_key end,
                        newest.{{ entity }}_key,
                        -3
                    ) as member_key,
                    coalesce(newest.{{ entity }}_key, -3) as current_member_key
                from {{ entity }}_facts as facts
                left join {{ entity }}_begun as begun on facts.fact = begun.fact and facts.moment = begun.moment
                left join
                    {{ entity }}_versions as at_moment
                    on facts.id = at_moment.{{ entity }}_id
                    and begun.valid_from = at_moment.valid_from
                left join {{ entity }}_versions as newest on facts.id = newest.{{ entity }}_id and newest.is_newest
            ){{ "," }}
        {% endfor %}

        all_expected as (
            {% for entity in ids %}
                select entity, fact, id, moment, held_key, held_current_key, member_key, current_member_key
                from {{ entity }}_expected {{ "union all" if not loop.last }}
            {% endfor %}
        )

    select *
    from all_expected
    where
        held_key is distinct from case when id is null then -2 when lower(id) = 'unknown' then -1 else member_key end
        or held_current_key
        is distinct from case when id is null then -2 when lower(id) = 'unknown' then -1 else current_member_key end
{% endtest %}
