{#-
    Comparing two independent estimates by their 95 % intervals: the standard error of `value` less `other`, seen from the
    side on which no change lies. MOVER, the method of variance estimates recovery: Newcombe 1998, method 10, for shares;
    Zou and Donner 2008 for any estimates.
-#}
{% macro standard_error_of_change(value, lower, upper, other, other_lower, other_upper) -%}
    case
        when {{ value }} >= {{ other }}
        then sqrt(pow({{ value }} - {{ lower }}, 2) + pow({{ other_upper }} - {{ other }}, 2))
        else sqrt(pow({{ upper }} - {{ value }}, 2) + pow({{ other }} - {{ other_lower }}, 2))
    end
    / {{ z() }}
{%- endmacro %}

{#-
    The share of a standard normal distribution beyond `x` on both sides, `x` >= 0; to 1.5e-7. Abramowitz and Stegun 26.2.17.
-#}
{% macro two_sided_p(x) -%}
    least(
        1.0,
        2
        * exp(- pow({{ x }}, 2) / 2)
        / sqrt(2 * pi())
        * (
            0.319381530e0 * pow(1 + 0.2316419e0 * ({{ x }}), -1)
            - 0.356563782e0 * pow(1 + 0.2316419e0 * ({{ x }}), -2)
            + 1.781477937e0 * pow(1 + 0.2316419e0 * ({{ x }}), -3)
            - 1.821255978e0 * pow(1 + 0.2316419e0 * ({{ x }}), -4)
            + 1.330274429e0 * pow(1 + 0.2316419e0 * ({{ x }}), -5)
        )
    )
{%- endmacro %}
