{#- Wilson score interval (95 %) of a share: one bound, `sign` '-' or '+'. Wilson 1927. -#}
{% macro wilson_bound(successes, trials, sign) -%}
    case
        when {{ trials }} > 0
        then
            greatest(
                0.0,
                least(
                    1.0,
                    (
                        {{ successes }} / {{ trials }} + {{ z() }} * {{ z() }} / (2 * {{ trials }})
                        {{ sign }} {{ z() }} * sqrt(
                            greatest(0.0, {{ successes }} / {{ trials }} * (1 - {{ successes }} / {{ trials }}))
                            / {{ trials }}
                            + {{ z() }} * {{ z() }} / (4 * {{ trials }} * {{ trials }})
                        )
                    )
                    / (1 + {{ z() }} * {{ z() }} / {{ trials }})
                )
            )
    end
{%- endmacro %}

{#- The 97.5 % point of the standard normal distribution. -#}
{% macro z() -%} 1.959963984540054e0 {%- endmacro %}
