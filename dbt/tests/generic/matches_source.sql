{#-
    A model has each row of the relation `of` once (those that `filter` holds of, under `key`) and no other, and says of it
    what `columns` computes: a name or expression of the model, and what it must equal, over the columns of `of` and the
    settings. It is the formula written a second time: where the two part, one of them is wrong.
-#}
{% test matches_source(model, of, key, columns, filter="true", only="true") %}
    with
        settings as (select * from {{ ref("stg_settings") }}),

        expected_rows as (
            select
                {% for column in key %} given.{{ column }}, {% endfor %}
                {% for expression in columns.values() %}
                    {{ expression }} as value_{{ loop.index }}{{ "," if not loop.last }}
                {% endfor %}
            from {{ of }} as given
            cross join settings
            where {{ filter }}
        ),

        published_rows as (
            select
                {% for column in key %} {{ column }}, {% endfor %}
                {% for name in columns.keys() %}
                    {{ name }} as value_{{ loop.index }}{{ "," if not loop.last }}
                {% endfor %}
            from {{ model }}
            where {{ only }}
        ),

        missing_rows as (
            select *, 'expected' as fault
            from
                (
                    select *
                    from expected_rows
                    except all
                    select *
                    from published_rows
                )
        ),

        unexpected_rows as (
            select *, 'found' as fault
            from
                (
                    select *
                    from published_rows
                    except all
                    select *
                    from expected_rows
                )
        )

    select *
    from missing_rows
    union all
    select *
    from unexpected_rows
{% endtest %}
