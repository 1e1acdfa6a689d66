{#-
    Splitting a whole number of units by integer weights, exactly (largest remainder): each part gets its whole share,
    and what is left goes, one unit each, to the first parts in the caller's order of remainders. 128-bit integers: no
    floating point, so the same parts give the same split on every run and every number of threads.
-#}
{% macro whole_share(units, weight, total_weight) -%}
    divide(cast({{ units }} as hugeint) * {{ weight }}, {{ total_weight }})
{%- endmacro %}

{#- What is left of a part after its whole share: the parts with most of it get the units left over. -#}
{% macro share_remainder(units, weight, total_weight) -%}
    (cast({{ units }} as hugeint) * {{ weight }} % {{ total_weight }})
{%- endmacro %}

{#- A decimal weight in whole units, split among `heirs`; weights up to 10^6 fit with room to spare (the feed's contract says so). -#}
{% macro weight_units(weight, heirs) -%}
    divide(cast({{ weight }} * cast(10000000000 as decimal(11, 0)) as hugeint) * 1000, {{ heirs }})
{%- endmacro %}

{#- Units of 10^-12 as a share, decimal(18,12). -#}
{% macro units_as_share(units) -%}
    cast(cast({{ units }} as decimal(18, 0)) * cast(0.000000000001 as decimal(12, 12)) as decimal(18, 12))
{%- endmacro %}
