{#-
    Joins the versions of a slowly changing dimension twice: `<entity>_then` is the member as valid at the fact's moment,
    `<entity>_now` its latest version, by which metrics group (Kimball's type 7), also where it was deleted.
    `versions` names a CTE with the columns of `int_<entity>_versions` or of the dimension.
-#}
{% macro join_versions(entity, versions, id, moment) -%}
    left join
        {{ versions }} as {{ entity }}_then
        on {{ id }} = {{ entity }}_then.{{ entity }}_id
        and {{ entity }}_then.{{ entity }}_key > 0
        and {{ moment }} >= {{ entity }}_then.valid_from
        and {{ moment }} < {{ entity }}_then.valid_to
    left join
        {{ versions }} as {{ entity }}_now
        on {{ id }} = {{ entity }}_now.{{ entity }}_id
        and {{ entity }}_now.{{ entity }}_key > 0
        and {{ entity }}_now.is_latest
{%- endmacro %}

{#- The two keys that go with `join_versions`, from the aliases that it joins. -#}
{% macro version_keys(entity, id) -%}
    {{ member_key(id, "coalesce(" ~ entity ~ "_then." ~ entity ~ "_key, " ~ entity ~ "_now." ~ entity ~ "_key)") }}
    as {{ entity }}_key,
    {{ member_key(id, entity ~ "_now." ~ entity ~ "_key") }} as current_{{ entity }}_key
{%- endmacro %}
