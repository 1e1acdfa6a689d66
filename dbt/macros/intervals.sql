{#- Wilson score interval (95 %) of a share in so many trials: one bound, `sign` '-' or '+'. Wilson 1927. -#}
{% macro wilson_bound(share, trials, sign) -%}
    case
        when {{ trials }} > 0
        then
            greatest(
                0.0,
                least(
                    1.0,
                    (
                        {{ share }} + {{ z() }} * {{ z() }} / (2 * {{ trials }})
                        {{ sign }} {{ z() }} * sqrt(
                            greatest(0.0, {{ share }} * (1 - {{ share }})) / {{ trials }}
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

{#-
    Degrees of freedom of a difference of two means (Welch and Satterthwaite), from the variance of each mean and the number
    that it is over; never fewer than the smaller number less 1.
-#}
{% macro welch_degrees(variance, n, other_variance, other_n) -%}
    power({{ variance }} + {{ other_variance }}, 2)
    / (power({{ variance }}, 2) / ({{ n }} - 1) + power({{ other_variance }}, 2) / ({{ other_n }} - 1))
{%- endmacro %}

{#-
    The 97.5 % point of Student's t with `df` degrees of freedom: Abramowitz and Stegun 26.7.5, the expansion in 1/df about
    the normal point. Too small by 0.12 % at 3 degrees, 0.03 % at 4 and less beyond; not for fewer than 3.
-#}
{% macro t_quantile(df) -%}
    {%- set x = z() | float -%}
    {%- set first = (x**3 + x) / 4 -%}
    {%- set second = (5 * x**5 + 16 * x**3 + 3 * x) / 96 -%}
    {%- set third = (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384 -%}
    {%- set fourth = (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160 -%}
    (
        {{ x }}
        + {{ first }} / {{ df }}
        + {{ second }} / power({{ df }}, 2)
        + {{ third }} / power({{ df }}, 3)
        + {{ fourth }} / power({{ df }}, 4)
    )
{%- endmacro %}
