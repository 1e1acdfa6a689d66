"""What means something else on Spark than on DuckDB, rule by rule: sqlglot's translation alone runs, with other values.

Each rule changes a typed statement in place (`types.annotate`), knows no model, and says why it is needed. Rules run in
the order of `RULES`. `tests/dagster_project/spark/` runs each one's case on both engines, and again without the rule.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from dagster_project.spark import SparkError
from dagster_project.spark.types import MOMENTS, WHOLE, Kind, Node, kind

_WIDE = 38  # digits of the widest decimal on both engines
_BIGINT_DIGITS = 18
_SPLIT = 1 << 62


def table_names(tree: Node) -> None:
    """`"stage"."staging"."stg_teams"` is read as the temporary view `staging__stg_teams`: a session that others share
    keeps what it has, and needs no catalog of three levels."""
    for table in tree.find_all(exp.Table):
        if table.db:
            table.set("this", exp.to_identifier(view_name(table.db, table.name), quoted=True))
            table.set("db", None)
            table.set("catalog", None)


def view_name(schema: str, table: str) -> str:
    """The name of a table's view in the session."""
    return f"{schema}__{table}"


def by_name_unions(tree: Node) -> None:
    """UNION BY NAME, which Spark's SQL lacks: both sides get the same columns in the same order, NULL where one lacks
    it."""
    for union in _each(tree, exp.Union):
        if not union.args.get("by_name"):
            continue
        left, right = union.left.named_selects, union.right.named_selects
        names = [*left, *(name for name in right if name not in left)]
        union.set("this", _with_columns(union.left, left, names))
        union.set("expression", _with_columns(union.right, right, names))
        union.set("by_name", False)


def _with_columns(query: Any, has: list[str], names: list[str]) -> Node:
    if has == names:
        return query
    side = exp.to_identifier("side")
    columns = [
        exp.column(name, "side", quoted=True) if name in has else exp.alias_(exp.Null(), name, quoted=True)
        for name in names
    ]
    return exp.select(*columns).from_(exp.Subquery(this=query, alias=exp.TableAlias(this=side)))


def wall_clocks(tree: Node) -> None:
    """timezone(to, timezone(from, x)), the wall clock of one zone as that of another: convert_timezone.

    An hour that happens twice, at the end of summer time, is the second one on DuckDB and the first on Spark. The
    second is as far from three hours later, which lie behind the change, as the clock says.
    """
    for outer in _each(tree, exp.Anonymous):
        inner = outer.expressions[1] if _is_call(outer, "timezone") else None
        if inner is None or not _is_call(inner, "timezone"):
            continue
        (to, _), (since, moment) = outer.expressions, inner.expressions
        utc, moment = exp.Literal.string("UTC"), _cast(moment, "timestamp_ntz")
        if since != utc:
            hours = exp.Interval(this=exp.Literal.string("3"), unit=exp.var("HOUR"))
            first = _call("convert_timezone", since.copy(), utc.copy(), moment.copy())
            later = exp.paren(exp.Add(this=moment.copy(), expression=hours.copy()), copy=False)
            second = exp.paren(
                exp.Sub(this=_call("convert_timezone", since.copy(), utc.copy(), later), expression=hours), copy=False
            )
            shown = _call("convert_timezone", utc.copy(), since, second.copy())
            moment = _if(exp.EQ(this=shown, expression=moment), second, first)
        is_utc = to == utc
        found = moment if is_utc and since != utc else _call("convert_timezone", utc, to, moment)
        outer.replace(_typed(found, Kind.TIMESTAMP))


def hex_numbers(tree: Node) -> None:
    """cast('0x…' as bigint): Spark reads no hexadecimal text as a number."""
    for cast in _each(tree, exp.Cast):
        text = cast.this
        if isinstance(text, exp.Concat) and len(text.expressions) == 2 and text.expressions[0].name == "0x":
            digits = _call("conv", text.expressions[1], exp.Literal.number(16), exp.Literal.number(10))
            cast.set("this", _typed(digits, Kind.VARCHAR))


def whole_quotients(tree: Node) -> None:
    """divide(a, b), a whole quotient: DIV, and NULL by zero, where Spark fails.

    Of 128-bit integers by the remainder: DIV gives 64 bits, and a decimal quotient is rounded, so that 0.9999999999
    becomes 1.
    """
    for node in _each(tree, exp.Anonymous):
        if not _is_call(node, "divide"):
            continue
        value, by = node.expressions
        by, found = _not_zero(by), {_known(value), _known(by)}
        if not found <= WHOLE:
            raise SparkError(f"{node.sql('duckdb')} is no quotient of whole numbers")
        if Kind.INT128 not in found:
            node.replace(
                _typed(exp.paren(exp.IntDiv(this=_paren(value), expression=_paren(by)), copy=False), Kind.BIGINT)
            )
            continue
        rest = exp.Mod(this=_paren(value.copy()), expression=_paren(by.copy()))
        whole = exp.paren(exp.Sub(this=_paren(value), expression=exp.paren(rest, copy=False)), copy=False)
        node.replace(_cast(exp.Div(this=whole, expression=_paren(by), typed=False, safe=False), "decimal(38, 0)"))


def remainders(tree: Node) -> None:
    """a % 0 is NULL on DuckDB and an error on Spark."""
    for node in _each(tree, exp.Mod):
        node.set("expression", _not_zero(node.expression))


def ieee_division(tree: Node) -> None:
    """`/` is a division of doubles, by zero infinite or NaN; on Spark decimals are divided as decimals, with fewer
    digits, and zero is an error."""
    for node in _each(tree, exp.Div):
        value, by = _double(node.this), node.expression
        if _is_not_zero(by):
            divided = exp.Div(this=_paren(value), expression=_double(by), typed=False, safe=False)
            node.replace(_typed(divided, Kind.DOUBLE))
            continue
        by = _double(by)
        is_zero = exp.EQ(this=by.copy(), expression=exp.Literal.number(0))
        without_end = exp.Mul(this=_paren(value.copy()), expression=_infinity())
        node.replace(_typed(_if(is_zero, without_end, _call("try_divide", value, by)), Kind.DOUBLE))


def double_means(tree: Node) -> None:
    """avg of decimals is a double on DuckDB; on Spark it is a decimal of four more digits."""
    for node in _each(tree, exp.Avg):
        node.set("this", _double(node.this))


def unordered_sums(tree: Node) -> None:
    """sum(x order by y) fixes the order in which doubles are added; Spark has none, so its last digits may differ."""
    for node in _each(tree, exp.Sum, exp.Avg, exp.Variance, exp.RegrIntercept, exp.RegrSlope):
        for order in list(node.find_all(exp.Order)):
            if order.find_ancestor(exp.AggFunc) is node and order.this is not None:
                order.replace(order.this)


def rounded_casts(tree: Node) -> None:
    """A cast to a whole number rounds on DuckDB, doubles to even and decimals away from zero; Spark cuts off."""
    for node in _each(tree, exp.Cast):
        if node.to.this not in WHOLE:
            continue
        given = _known(node.this)
        if given == Kind.DOUBLE:
            node.set("this", _typed(_call("rint", node.this), Kind.DOUBLE))
        elif given == Kind.DECIMAL:
            node.set("this", _typed(_call("round", node.this, exp.Literal.number(0)), Kind.DECIMAL))


def double_rounding(tree: Node) -> None:
    """round(x, n) of a double rounds x * 10^n on DuckDB; Spark rounds the digits that x is written with."""
    for node in _each(tree, exp.Round):
        places = node.args.get("decimals")
        if places is None or _known(node.this) != Kind.DOUBLE or places.name == "0":
            continue
        node.replace(
            _typed(
                exp.paren(
                    exp.Div(
                        this=_shifted(node.this, places.name), expression=_power(places.name), typed=False, safe=False
                    ),
                    copy=False,
                ),
                Kind.DOUBLE,
            )
        )


def double_to_decimal(tree: Node) -> None:
    """A double as decimal(p, s) is x * 10^s rounded, on DuckDB; Spark rounds the digits that x is written with.

    Beyond 64 bits the whole number is put together from two parts, as a cast goes by the digits again.
    """
    for node in _each(tree, exp.Cast):
        if node.to.this != Kind.DECIMAL or kind(node.this) != Kind.DOUBLE:
            continue
        sizes = [int(size.name) for size in node.to.expressions]
        if len(sizes) != 2:
            raise SparkError(f"{node.sql('duckdb')}: a decimal needs its precision and scale")
        precision, scale = sizes
        units = _shifted(node.this, str(scale))
        if precision <= _BIGINT_DIGITS:
            whole = _cast(units, "bigint")
        else:
            split = f"{float(_SPLIT)!r}D".replace("+", "")
            # towards 0: what is left of a negative number is then no longer than the number, so that it is exact
            high = _cast(exp.Div(this=units, expression=_raw(split), typed=False, safe=False), "bigint")
            rest = exp.Sub(
                this=units.copy(), expression=exp.Mul(this=_cast(high.copy(), "double"), expression=_raw(split))
            )
            whole = exp.Add(
                this=exp.Mul(
                    this=_cast(high, "decimal(38, 0)"), expression=_cast(exp.Literal.number(_SPLIT), "decimal(19, 0)")
                ),
                expression=_cast(exp.paren(rest, copy=False), "bigint"),
            )
        unit = _cast(exp.Literal.string(f"1e-{scale}"), f"decimal({max(scale, 1)}, {scale})")
        shifted = exp.Mul(this=_cast(exp.paren(whole, copy=False), "decimal(38, 0)"), expression=unit)
        node.set("this", _typed(shifted if scale else shifted.this, Kind.DECIMAL))


def iso_weekdays(tree: Node) -> None:
    """extract(isodow): Spark's part is called differently, and its weekday() counts from 0."""
    for node in _each(tree, exp.Extract):
        if node.this.name.lower() == "isodow":
            day = exp.Add(this=_call("weekday", node.expression), expression=exp.Literal.number(1))
            node.replace(_typed(exp.paren(day, copy=False), Kind.BIGINT))


def list_lengths(tree: Node) -> None:
    """len(list): Spark's length is of texts alone."""
    for node in _each(tree, exp.Length):
        if _known(node.this) == Kind.ARRAY or kind(node.this) == Kind.LIST:
            node.replace(_typed(_call("size", node.this), Kind.BIGINT))


def list_membership(tree: Node) -> None:
    """list_contains of a list that holds NULL is false where nothing else matches; on Spark it is NULL."""
    for node in _each(tree, exp.ArrayContains):
        values, value = node.this, node.expression
        are_known = exp.and_(_is_known(values), _is_known(value))
        found = exp.Coalesce(this=_call("array_contains", values, value), expressions=[exp.false()])
        node.replace(_typed(exp.Case(ifs=[exp.If(this=are_known, true=found)]), Kind.BOOLEAN))


def arg_max_of_known(tree: Node) -> None:
    """arg_max(x, y) passes over rows whose x is NULL; Spark's max_by does not."""
    for node in _each(tree, exp.ArgMax, exp.ArgMin):
        if isinstance(node.this, exp.Struct) or _is_call(node.this, "row"):
            continue
        is_known, parent = _is_known(node.this), node.parent
        if isinstance(parent, exp.Filter):
            where = parent.expression
            where.set("this", exp.and_(exp.paren(where.this, copy=False), is_known, copy=False))
            continue
        placed = exp.Filter(expression=exp.Where(this=is_known))
        node.replace(placed)
        placed.set("this", node)


def any_known_value(tree: Node) -> None:
    """any_value(x) passes over NULL; sqlglot writes IGNORE NULLS before FILTER, where Spark's grammar has it behind."""
    for node in _each(tree, exp.AnyValue):
        whole = node.parent if isinstance(node.parent, exp.IgnoreNulls) else node
        whole.replace(_typed(_call("any_value", node.this, exp.true()), kind(node)))


def days_apart(tree: Node) -> None:
    """date - date is a number of days; on Spark it is an interval."""
    for node in _each(tree, exp.Sub):
        if kind(node.this) == kind(node.expression) == Kind.DATE:
            node.replace(_cast(_call("datediff", node.this, node.expression), "bigint"))


def dates_and_intervals(tree: Node) -> None:
    """date + interval is a moment on DuckDB; on Spark it is a date, or a moment with a zone."""
    for node in _each(tree, exp.Add, exp.Sub):
        sides = (node.this, node.expression)
        if {kind(side) for side in sides} == {Kind.DATE, Kind.INTERVAL}:
            for name, side in zip(("this", "expression"), sides, strict=True):
                if kind(side) == Kind.DATE:
                    node.set(name, _cast(side, "timestamp_ntz"))


def recursive_sets(tree: Node) -> None:
    """A recursive UNION ends when nothing new is found, cycles or not; Spark recurses over UNION ALL alone.

    Each row carries the rows that led to it, and is dropped where it is one of them; the result is made distinct.
    """
    for ctes in _each(tree, exp.With):
        for cte in ctes.expressions if ctes.args.get("recursive") else ():
            union = cte.this
            if not isinstance(union, exp.Union) or not union.args.get("distinct"):
                continue
            reads = [
                table for table in union.expression.find_all(exp.Table) if not table.db and table.name == cte.alias
            ]
            if not reads:
                continue
            if len(reads) > 1 or not all(isinstance(side, exp.Select) for side in (union.this, union.expression)):
                raise SparkError(f"the recursive {cte.alias} refers to itself more than once")
            names = union.this.named_selects
            path = exp.column("_path", reads[0].alias_or_name, quoted=True)
            first, step = (_row_of(side, names) for side in (union.this, union.expression))
            union.this.select(exp.alias_(exp.Array(expressions=[first]), "_path", quoted=True), copy=False)
            union.expression.where(exp.Not(this=_call("array_contains", path.copy(), step)), copy=False)
            union.expression.select(
                exp.alias_(_call("array_append", path, step.copy()), "_path", quoted=True), copy=False
            )
            union.set("distinct", False)
            if (alias := cte.args["alias"]).columns:
                alias.append("columns", exp.to_identifier("_path", quoted=True))
            for table in list(tree.find_all(exp.Table)):
                if not table.db and table.name == cte.alias and not any(table is read for read in reads):
                    source = exp.select(*(exp.column(name, quoted=True) for name in names)).distinct()
                    alias = exp.TableAlias(this=exp.to_identifier(table.alias_or_name, quoted=True))
                    source = source.from_(exp.to_identifier(cte.alias, quoted=True).sql("spark"), dialect="spark")
                    table.replace(exp.Subquery(this=source, alias=alias))


def _row_of(select: exp.Select, names: list[str]) -> Node:
    values = [value.unalias().copy() for value in select.selects]
    return _call(
        "named_struct", *(x for name, v in zip(names, values, strict=True) for x in (exp.Literal.string(name), v))
    )


def exact_percentiles(tree: Node) -> None:
    """percentile_cont: sqlglot writes percentile_approx, which doesn't interpolate (42.375 for 56.375).

    percentile_disc of whole numbers is a double on Spark.
    """
    for node in _each(tree, exp.WithinGroup):
        if isinstance(node.this, exp.PercentileCont):
            [ordered] = node.expression.expressions
            node.replace(_typed(_call("percentile", ordered.this, node.this.this), Kind.DOUBLE))
    for node in _each(tree, exp.PercentileCont):
        if (share := node.args.get("expression")) is not None:
            node.replace(_typed(_call("percentile", node.this, share), Kind.DOUBLE))
    for node in _each(tree, exp.PercentileDisc):
        if (share := node.args.get("expression")) is not None:
            found, order = kind(node.this), exp.Order(expressions=[exp.Ordered(this=node.this)])
            value = exp.WithinGroup(this=_call("percentile_disc", share), expression=order)
            node.replace(_cast(value, "bigint") if found in WHOLE else _typed(value, found))


def qualified_rows(tree: Node) -> None:
    """QUALIFY: sqlglot's own subquery loses columns that only QUALIFY names, and older Sparks don't know it."""
    for select in _each(tree, exp.Select):
        if select.args.get("qualify") is None:
            continue
        condition = select.args["qualify"].this
        inner = exp.Select(**{name: value for name, value in select.args.items() if value and name not in _OUTER})
        inner.select(exp.alias_(condition, "_qualifies", quoted=True), copy=False)
        names = [(column.alias_or_name, kind(column)) for column in select.selects]
        columns = [_typed(exp.column(name, "_rows", quoted=True), found) for name, found in names]
        for name in [name for name in select.args if name not in _OUTER or name == "qualify"]:
            select.set(name, None)
        select.set("expressions", columns)
        rows = exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("_rows", quoted=True)))
        select.from_(rows, copy=False)
        select.where(exp.column("_qualifies", "_rows", quoted=True), copy=False)


# parts of a SELECT that apply to the rows that QUALIFY leaves
_OUTER = ("with_", "distinct", "order", "limit", "offset", "qualify")


def unnested_columns(tree: Node) -> None:
    """unnest() among a SELECT's columns, once or several times in step, inside an expression or not: a lateral view."""
    for select in _each(tree, exp.Select):
        found = [node for node in select.find_all(exp.Explode) if node.find_ancestor(exp.Select) is select]
        found = [node for node in found if node.find_ancestor(exp.Lateral) is None]
        if not found:
            continue
        if select.args.get("group"):
            raise SparkError("unnest() beside GROUP BY is not translated")
        lists = list(dict.fromkeys(node.this for node in found))
        names = [f"_unnested_{place}" for place, _ in enumerate(lists)]
        for node in found:
            node.replace(exp.column(names[lists.index(node.this)], "_unnested", quoted=True))
        made = (
            _call("explode", lists[0])
            if len(lists) == 1
            else _call("inline", _call("arrays_zip", *map(_or_empty, lists)))
        )
        columns = [exp.to_identifier(name, quoted=True) for name in names]
        alias = exp.TableAlias(this=exp.to_identifier("_unnested", quoted=True), columns=columns)
        if not select.args.get("from_"):
            select.from_(
                exp.Subquery(this=exp.select("1 AS one"), alias=exp.TableAlias(this=exp.to_identifier("_one"))),
                copy=False,
            )
        select.append("laterals", exp.Lateral(this=made, view=True, alias=alias))


def _or_empty(values: Node) -> Node:
    return exp.Coalesce(this=values, expressions=[exp.Array()])


def series(tree: Node) -> None:
    """generate_series: Spark's sequence counts down where the end lies before the start, instead of giving nothing."""
    for node in _each(tree, exp.GenerateSeries):
        start, end, step = node.args["start"], node.args["end"], node.args.get("step") or exp.Literal.number(1)
        if node.args.get("is_end_exclusive"):
            continue
        starts_first = exp.LTE(this=_paren(start.copy()), expression=_paren(end.copy()))
        node.replace(_typed(_if(starts_first, _call("sequence", start, end, step)), Kind.ARRAY))


def elapsed_seconds(tree: Node) -> None:
    """epoch(b - a), seconds with their fraction as a double: Spark's unix_timestamp has whole seconds."""
    for node in _each(tree, exp.TimeToUnix):
        value = node.this.unnest()
        if isinstance(value, exp.Sub) and kind(value) == Kind.INTERVAL:
            micros = exp.paren(exp.Sub(this=_micros(value.this), expression=_micros(value.expression)), copy=False)
        elif kind(value) in {*MOMENTS, Kind.DATE}:
            micros = _micros(value)
        else:
            continue
        seconds = exp.Div(this=_cast(micros, "double"), expression=_raw("1e6D"), typed=False, safe=False)
        node.replace(_typed(exp.paren(seconds, copy=False), Kind.DOUBLE))


def _micros(moment: Node) -> Node:
    # in a session in UTC, a moment without zone is the same moment
    return _call("unix_micros", exp.Cast(this=moment, to=exp.DataType.build("timestamp_ltz", dialect="spark")))


def truncated_moments(tree: Node) -> None:
    """date_trunc gives a moment without zone; on Spark one with a zone."""
    for node in _each(tree, exp.TimestampTrunc, exp.DateTrunc):
        unit = node.args["unit"].name.upper()
        node.replace(_cast(_call("date_trunc", exp.Literal.string(unit), node.this), "timestamp_ntz"))


def calendar_differences(tree: Node) -> None:
    """datediff(unit, a, b) counts the unit's boundaries between both; Spark's months_between has fractions."""
    for node in _each(tree, exp.DateDiff):
        unit = node.args["unit"].name.lower() if node.args.get("unit") else "day"
        days = [_cast(side, "date") for side in (node.this, node.expression)]
        if unit == "day":
            counted = _call("datediff", *days)
        elif unit in ("month", "quarter", "year"):
            counted = exp.paren(exp.Sub(this=_count(days[0], unit), expression=_count(days[1], unit)), copy=False)
        else:
            continue
        node.replace(_cast(counted, "bigint"))


def _count(day: Node, unit: str) -> Node:
    """The number of a day's month, quarter or year since the year 0."""
    per_year = {"month": 12, "quarter": 4, "year": 1}[unit]
    year = _call("year", day.copy())
    if per_year == 1:
        return year
    years = exp.Mul(this=year, expression=exp.Literal.number(per_year))
    return exp.paren(exp.Add(this=years, expression=_call(unit, day.copy())), copy=False)


def read_dates(tree: Node) -> None:
    """try_cast(text as date): Spark takes 2024 and 2024-03 for days, and no / between their parts."""
    pattern = r"^(\\s*\\d{4,6})([-/])(\\d{1,2})\\2(\\d{1,2})(\\D.*)?$"
    for node in _each(tree, exp.TryCast):
        if node.to.this == Kind.DATE and _known(node.this) in exp.DataType.TEXT_TYPES:
            has_parts = _call("regexp_like", node.this.copy(), _raw(f"'{pattern}'"))
            parts = [_raw(f"'{text}'") for text in (pattern, "$1-$3-$4")]
            node.set("this", _if(has_parts, _call("regexp_replace", node.this, *parts)))


def finite_numbers(tree: Node) -> None:
    """isfinite, which Spark lacks."""
    for node in _each(tree, exp.Anonymous):
        if _is_call(node, "isfinite") and kind(node.expressions[0]) == Kind.DOUBLE:
            [value] = node.expressions
            is_infinite = exp.EQ(this=_call("abs", value.copy()), expression=_infinity())
            either = exp.paren(exp.Or(this=_call("isnan", value), expression=is_infinite), copy=False)
            node.replace(_typed(exp.paren(exp.Not(this=either), copy=False), Kind.BOOLEAN))


def rows_as_structs(tree: Node) -> None:
    """row(a, b) is struct(a, b)."""
    for node in _each(tree, exp.Anonymous):
        if _is_call(node, "row"):
            node.set("this", "struct")


def declared_types(tree: Node) -> None:
    """A timestamp has no zone, and a 128-bit integer is the widest decimal."""
    for node in _each(tree, exp.DataType):
        if node.this == Kind.TIMESTAMP:
            node.set("this", Kind.TIMESTAMPNTZ)
        elif node.this in (Kind.INT128, Kind.UINT128):
            node.replace(exp.DataType.build(f"decimal({_WIDE}, 0)", dialect="spark"))


Rule = Callable[[Node], None]
# calls are replaced before what they are replaced with: a quotient of whole numbers after the division of doubles
RULES: tuple[Rule, ...] = (
    table_names,
    by_name_unions,
    qualified_rows,
    recursive_sets,
    unordered_sums,
    hex_numbers,
    ieee_division,
    remainders,
    whole_quotients,
    double_means,
    double_rounding,
    rounded_casts,
    double_to_decimal,
    iso_weekdays,
    list_lengths,
    list_membership,
    arg_max_of_known,
    any_known_value,
    elapsed_seconds,
    days_apart,
    dates_and_intervals,
    truncated_moments,
    calendar_differences,
    read_dates,
    wall_clocks,
    exact_percentiles,
    series,
    unnested_columns,
    finite_numbers,
    rows_as_structs,
    declared_types,
)


def _each(tree: Node, *kinds: Any) -> Iterator[Any]:
    """The nodes of these kinds, inner ones first, so that what a rule copies is already done."""
    return reversed(list(tree.find_all(*kinds)))


def _is_call(node: Node | None, name: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == name


def _call(name: str, *arguments: Node) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _typed(node: Any, found: Kind) -> Any:
    node.type = found
    return node


def _cast(node: Node, to: str) -> exp.Cast:
    built = exp.DataType.build(to, dialect="spark")
    return _typed(exp.Cast(this=node, to=built), built.this)


def _double(node: Node) -> Node:
    return _paren(node) if kind(node) == Kind.DOUBLE else _cast(node, "double")


def _paren(node: Node) -> Node:
    if isinstance(node, exp.Binary | exp.Unary | exp.Case | exp.If) and not isinstance(node, exp.Paren):
        return _typed(exp.paren(node, copy=False), kind(node))
    return node


def _if(condition: Node, then: Node, otherwise: Node | None = None) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def _is_known(node: Node) -> Node:
    return exp.Not(this=exp.Is(this=_paren(node.copy()), expression=exp.Null()))


def _infinity() -> Node:
    return _cast(exp.Literal.string("Infinity"), "double")


def _is_not_zero(node: Node) -> bool:
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    if isinstance(node, exp.Literal):
        return not node.is_string and float(node.name) != 0
    return isinstance(node, exp.Nullif) and node.expression.name == "0"


def _not_zero(node: Node) -> Node:
    if _is_not_zero(node):
        return node
    return _typed(exp.Nullif(this=node, expression=exp.Literal.number(0)), kind(node))


def _raw(text: str) -> Node:
    """A number or a text as Spark's SQL has it."""
    return _typed(exp.Literal(this=text, is_string=False), Kind.DOUBLE)


def _power(places: str) -> Node:
    return _raw(f"1e{places}D")


def _shifted(value: Node, places: str) -> Node:
    """round(value * 10^places), a double."""
    scaled = exp.Mul(this=_paren(value), expression=_power(places)) if places != "0" else value
    return _typed(_call("round", scaled, exp.Literal.number(0)), Kind.DOUBLE)


def _known(node: Node) -> Kind:
    """The kind of an expression's type; a rule that depends on it can't go on without. Raises SparkError."""
    found = kind(node)
    if found == Kind.UNKNOWN and not isinstance(node.unnest(), exp.Null):
        raise SparkError(f"the type of {node.sql('duckdb')[:120]} isn't known")
    return found
