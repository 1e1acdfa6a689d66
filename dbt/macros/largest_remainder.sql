{#-
    Whole units allocated by integer weights, exactly (largest remainder): each part of `within` gets its whole share, and the
    units that are left go, one each, to the parts with the largest remainders, ties in the order of `tie_break`. 128-bit
    integers: no floating point, so the same parts give the same allocation on every run and every number of threads. What
    64 bits can hold is divided in them, which is forty times as fast.
-#}
{% macro allocated_units(units, weight, total_weight, within, tie_break) -%}
    {%- set weighted -%} cast(abs({{ units }}) as hugeint) * {{ weight }} {%- endset -%}
    {%- set whole_share -%}
        coalesce(
            divide(try_cast({{ weighted }} as bigint), try_cast({{ total_weight }} as bigint)),
            divide({{ weighted }}, {{ total_weight }})
        )
    {%- endset -%}
    {%- set remainder -%} {{ weighted }} - {{ whole_share }} * {{ total_weight }} {%- endset -%}
    {%- set parts -%} partition by {{ within }} order by {{ remainder }} desc, {{ tie_break }} {%- endset -%}
    case when {{ units }} < 0 then -1 else 1 end * (
        {{ whole_share }} + case
            when
                row_number() over ({{ parts }})
                <= abs({{ units }})
                - sum({{ whole_share }}) over ({{ parts }} rows between unbounded preceding and unbounded following)
            then 1
            else 0
        end
    )
{%- endmacro %}

{#- A decimal weight in whole units, split among `heirs`; weights up to 10^6, the contract's maximum, fit with room to spare. -#}
{% macro weight_units(weight, heirs) -%}
    divide(cast({{ weight }} * cast(10000000000 as decimal(11, 0)) as hugeint) * 1000, {{ heirs }})
{%- endmacro %}

{#- Units of 10^-12 as a share, decimal(18,12). -#}
{% macro units_as_share(units) -%}
    cast(cast({{ units }} as decimal(18, 0)) * cast(0.000000000001 as decimal(12, 12)) as decimal(18, 12))
{%- endmacro %}
