"""Small mistakes in a SELECT, each a mutant: what a person gets wrong in a formula, made by sqlglot on its parse tree."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp, parse_one

DIALECT = "duckdb"
Change = tuple[str, exp.Expression | None]  # an operator and what stands in the node's place; None: nothing
DateColumns = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Mutant:
    """One mistake: where it is made (`target` and the CTE `place`), what stood there and what stands there now.

    `id` depends on these alone, so it outlives changes elsewhere in the same target.
    """

    target: str
    operator: str
    place: str
    before: str
    after: str
    occurrence: int
    apply: Callable[[], str]

    @cached_property
    def id(self) -> str:
        """Ten hex digits that name it."""
        parts = (self.target, self.operator, self.place, self.before, self.after, str(self.occurrence))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.id} {self.target} [{self.place}] {self.operator}: {self.before}  ->  {self.after}"


def regenerated(sql: str) -> str:
    """A query as sqlglot writes it: what an unchanged parse tree must mean the same as."""
    return parse_one(sql, read=DIALECT).sql(DIALECT, comments=False)


def mutants(target: str, sql: str, dates: DateColumns | None = None) -> list[Mutant]:
    """Every mutant of a SELECT, in the order of its text.

    `dates` gives the date and time columns of each table, by its last name, with their types: candidates for a wrong one.
    """
    tree = parse_one(sql, read=DIALECT)
    imported = _imports(tree, dates or {})
    seen: Counter[tuple[str, ...]] = Counter()
    found: list[Mutant] = []
    for index, node in enumerate(tree.walk()):
        for operator, put in _changes(node, imported):
            before, after = _text(node), _text(put)
            if before == after:
                continue
            key = (operator, _place(node), before, after)
            found.append(Mutant(target, *key, seen[key], lambda i=index, p=put: _with(tree, i, p)))
            seen[key] += 1
    return found


def mutated_expressions(text: str) -> list[tuple[str, str, str, str]]:
    """Each (operator, before, after, whole) of one expression rather than a query."""
    root = parse_one(f"select {text} as x", read=DIALECT)
    found: list[tuple[str, str, str, str]] = []
    for index, node in enumerate(root.walk()):
        for operator, put in _changes(node, {}):
            whole = parse_one(_with(root, index, put), read=DIALECT).expressions[0].this.sql(DIALECT)
            found.append((operator, _text(node), _text(put), whole))
    return found


def _with(tree: exp.Expression, index: int, put: exp.Expression | None) -> str:
    changed = tree.copy()
    node = next(n for i, n in enumerate(changed.walk()) if i == index)
    if put is None:
        node.pop()
    else:
        node.replace(put.copy())
    return changed.sql(DIALECT, comments=False)


def _text(node: exp.Expression | None) -> str:
    text = "" if node is None else " ".join(node.sql(DIALECT, comments=False).split())
    return text if len(text) <= 240 else f"{text[:150]} … {text[-60:]} #{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _place(node: exp.Expression) -> str:
    cte = node if isinstance(node, exp.CTE) else node.find_ancestor(exp.CTE)
    return cte.alias if cte is not None else "select"


def _imports(tree: exp.Expression, dates: DateColumns) -> dict[str, Mapping[str, str]]:
    """The date columns that stand behind each name in a query: of `name as (select * from table)`."""
    found: dict[str, Mapping[str, str]] = {}
    for cte in tree.find_all(exp.CTE):
        select = cte.this
        table = select.args.get("from_") if isinstance(select, exp.Select) else None
        if table is not None and isinstance(table.this, exp.Table) and isinstance(select.expressions[0], exp.Star):
            found[cte.alias] = dates.get(table.this.name, {})
    return found


def _changes(node: exp.Expression, dates: DateColumns) -> Iterator[Change]:
    for kind, make in _MISTAKES:
        if isinstance(node, kind):
            yield from make(node, dates) if make is _wrong_date else make(node)


# ---- comparisons

_BOUNDARY = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}
_OPPOSITE = {exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ}


def _comparison(node: exp.Expression) -> Iterator[Change]:
    operands = {"this": node.this.copy(), "expression": node.expression.copy()}
    if (boundary := _BOUNDARY.get(type(node))) is not None and not _is_sign_of_key(node):
        yield "boundary", boundary(**operands)
    if not _is_join_key(node):  # a key turned round joins everything with everything
        yield "comparison", _OPPOSITE[type(node)](**operands)


def _is_sign_of_key(node: exp.Expression | None) -> bool:
    """Whether it asks if a surrogate key is one of the special members: those are below 0, others far above."""
    return isinstance(node, exp.Binary) and node.this.name.endswith("_key") and node.expression.name == "0"


def _is_join_key(node: exp.Expression) -> bool:
    return node.find_ancestor(exp.Join, exp.Select, exp.Case) is not None and isinstance(
        node.find_ancestor(exp.Join, exp.Select, exp.Case), exp.Join
    )


def _between(node: exp.Expression) -> Iterator[Change]:
    value, low, high = (node.args[name].copy() for name in ("this", "low", "high"))
    yield (
        "boundary",
        exp.paren(exp.and_(exp.GT(this=value, expression=low), exp.LTE(this=value.copy(), expression=high))),
    )
    value, low, high = (node.args[name].copy() for name in ("this", "low", "high"))
    yield (
        "boundary",
        exp.paren(exp.and_(exp.GTE(this=value, expression=low), exp.LT(this=value.copy(), expression=high))),
    )


def _null_safe(node: exp.Expression) -> Iterator[Change]:
    yield "null_dropped", exp.EQ(this=node.this.copy(), expression=node.expression.copy())


def _is(node: exp.Expression) -> Iterator[Change]:
    if not isinstance(node.parent, exp.Not):
        yield "comparison", exp.Not(this=node.copy())


def _not(node: exp.Expression) -> Iterator[Change]:
    yield "comparison", node.this.copy()


# ---- filters and branches


def _connector(node: exp.Expression) -> Iterator[Change]:
    operator = "filter" if _is_condition(node) else "logic"
    if isinstance(node, exp.And):
        join = node.find_ancestor(exp.Join, exp.Select, exp.Case)
        operator = "join_key" if isinstance(join, exp.Join) else operator
        if operator != "join_key":
            yield operator, exp.paren(exp.or_(node.left.copy(), node.right.copy(), wrap=False))
        for kept in (node.left, node.right):
            yield operator, kept.copy()
    else:
        for kept in (node.left, node.right):
            yield operator, kept.copy()


def _is_condition(node: exp.Expression) -> bool:
    within = node.find_ancestor(exp.Where, exp.Having, exp.Qualify, exp.Select, exp.Case)
    return isinstance(within, exp.Where | exp.Having | exp.Qualify)


def _clause(node: exp.Expression) -> Iterator[Change]:
    if isinstance(node.parent, exp.Filter):
        yield "filter", exp.Where(this=exp.true())
    else:
        yield "filter", None


def _in(node: exp.Expression) -> Iterator[Change]:
    members = node.expressions
    if len(members) > 1:
        for left_out in (0, len(members) - 1):
            kept = [m.copy() for i, m in enumerate(members) if i != left_out]
            yield "filter", exp.In(this=node.this.copy(), expressions=kept)


def _case(node: exp.Expression) -> Iterator[Change]:
    branches = node.args["ifs"]
    if len(branches) > 1:
        for left_out in range(len(branches)):
            changed = node.copy()
            changed.args["ifs"].pop(left_out)
            yield "branch", changed
    default = node.args.get("default")
    if default is None:
        value = branches[0].args["true"]
        if not (isinstance(value, exp.Literal) and value.is_string):
            changed = node.copy()
            changed.set("default", exp.Literal.number(0))
            yield "coalesce", changed
    elif not isinstance(default, exp.Null):
        changed = node.copy()
        changed.set("default", None)
        yield "branch", changed


# ---- joins and sets


def _join(node: exp.Expression) -> Iterator[Change]:
    side, kind = node.side.upper(), node.kind.upper()
    if node.method or kind == "CROSS" or not (node.args.get("on") or node.args.get("using")):
        return
    if kind in ("SEMI", "ANTI"):
        yield "filter", None
        return
    changed = node.copy()
    if side in ("LEFT", "FULL"):
        changed.set("side", None if side == "LEFT" else "LEFT")
        changed.set("kind", "INNER" if side == "LEFT" else None)
    else:
        changed.set("side", "LEFT")
        changed.set("kind", None)
    yield "join_type", changed
    if isinstance(node.this, exp.Table):
        twice = node.copy()
        name = node.this.alias_or_name
        table = node.this.copy()
        table.set("alias", None)
        rows = exp.select("*").from_(table)
        twice.set("this", exp.union(rows, rows.copy(), distinct=False).subquery(name))
        yield "fan_out", twice
    using = node.args.get("using") or []
    if len(using) > 1:
        changed = node.copy()
        changed.set("using", [column.copy() for column in using[:-1]])
        yield "join_key", changed


def _union(node: exp.Expression) -> Iterator[Change]:
    if node.args.get("distinct"):
        changed = node.copy()
        changed.set("distinct", False)
        yield "distinct", changed


def _select(node: exp.Expression) -> Iterator[Change]:
    if node.args.get("distinct") and not node.args["distinct"].args.get("on"):
        changed = node.copy()
        changed.set("distinct", None)
        yield "distinct", changed


# ---- aggregates, order and windows

_SWAPPED = {
    exp.Sum: ("aggregate", exp.Max),
    exp.Avg: ("aggregate", exp.Max),
    exp.Max: ("latest_first", exp.Min),
    exp.Min: ("latest_first", exp.Max),
    exp.ArgMax: ("latest_first", exp.ArgMin),
    exp.ArgMin: ("latest_first", exp.ArgMax),
    exp.LogicalOr: ("aggregate", exp.LogicalAnd),
    exp.LogicalAnd: ("aggregate", exp.LogicalOr),
    exp.FirstValue: ("latest_first", exp.LastValue),
    exp.LastValue: ("latest_first", exp.FirstValue),
    exp.First: ("latest_first", exp.Last),
    exp.Last: ("latest_first", exp.First),
    exp.Lead: ("latest_first", exp.Lag),
    exp.Lag: ("latest_first", exp.Lead),
    exp.Median: ("aggregate", exp.Avg),
    exp.Greatest: ("boundary", exp.Least),
    exp.Least: ("boundary", exp.Greatest),
}


def _swap(node: exp.Expression) -> Iterator[Change]:
    operator, other = _SWAPPED[type(node)]
    names = set(other.arg_types)
    yield operator, other(**{k: _copied(v) for k, v in node.args.items() if k in names})
    if isinstance(node, exp.Sum):
        yield "aggregate", exp.Avg(this=node.this.copy())


def _copied(value: object) -> object:
    if isinstance(value, list):
        return [_copied(part) for part in value]
    return value.copy() if isinstance(value, exp.Expression) else value


def _count(node: exp.Expression) -> Iterator[Change]:
    counted = node.this
    if isinstance(counted, exp.Distinct):
        if len(counted.expressions) == 1:
            yield "distinct", exp.Count(this=counted.expressions[0].copy(), big_int=True)
    elif isinstance(counted, exp.Column):
        yield "aggregate", exp.Count(this=exp.Star(), big_int=True)


def _quantile(node: exp.Expression) -> Iterator[Change]:
    yield "aggregate", exp.Avg(this=node.this.copy())


def _ordered(node: exp.Expression) -> Iterator[Change]:
    order = node.parent
    if order is None or isinstance(order.parent, exp.Select | exp.SetOperation | exp.Subquery):
        return  # the order of a table's rows says nothing
    changed = node.copy()
    changed.set("desc", not node.args.get("desc"))
    yield "latest_first", changed


def _order(node: exp.Expression) -> Iterator[Change]:
    if len(node.expressions) > 1 and not isinstance(node.parent, exp.Select | exp.SetOperation | exp.Subquery):
        changed = node.copy()
        changed.set("expressions", [o.copy() for o in node.expressions[:-1]])
        yield "tie_break", changed


def _window(node: exp.Expression) -> Iterator[Change]:
    keys = node.args.get("partition_by") or []
    for left_out in range(len(keys)):
        changed = node.copy()
        changed.args["partition_by"].pop(left_out)
        yield "partition", changed
    if node.args.get("spec") is not None:
        changed = node.copy()
        changed.set("spec", None)
        yield "window", changed


# ---- arithmetic and missing values


def _coalesce(node: exp.Expression) -> Iterator[Change]:
    last = node.expressions[-1]
    if isinstance(last, exp.Literal) and last.name == "~null~":
        return  # how keys are made, not what is computed
    yield "coalesce", node.this.copy()
    if len(node.expressions) == 1 and isinstance(last, exp.Boolean):
        yield "coalesce", exp.Coalesce(this=node.this.copy(), expressions=[exp.Boolean(this=not last.this)])


def _nullif(node: exp.Expression) -> Iterator[Change]:
    yield "coalesce", node.this.copy()


def _div(node: exp.Expression) -> Iterator[Change]:
    yield "unit" if _is_number(node.expression) else "denominator", node.this.copy()
    if not _is_number(node.expression):
        yield "coalesce", exp.Coalesce(this=exp.paren(node.copy()), expressions=[exp.Literal.number(0)])


def _mul(node: exp.Expression) -> Iterator[Change]:
    if isinstance(node.expression, exp.Interval):
        return  # how dbt writes a number of days: `_literal` changes that number
    for kept, dropped in ((node.this, node.expression), (node.expression, node.this)):
        if _is_number(dropped) or not _is_number(kept):
            yield "unit" if _is_number(dropped) else "weight", kept.copy()


def _add_sub(node: exp.Expression) -> Iterator[Change]:
    other = exp.Sub if isinstance(node, exp.Add) else exp.Add
    yield "sign", other(this=node.this.copy(), expression=node.expression.copy())
    # `a - b - c` is a parse tree to the left; its right operand may need its own brackets, which copies keep


def _neg(node: exp.Expression) -> Iterator[Change]:
    if not _is_number(node.this):
        yield "sign", node.this.copy()


def _is_number(node: exp.Expression) -> bool:
    while isinstance(node, exp.Cast | exp.Paren | exp.Neg):
        node = node.this
    return isinstance(node, exp.Literal) and not node.is_string


def _literal(node: exp.Expression) -> Iterator[Change]:
    """A number of days, rows or months that is one too many; one unit of a quantity is a coarser mistake elsewhere."""
    parent = node.parent
    counted = exp.LT | exp.LTE | exp.GT | exp.GTE | exp.Between | exp.Interval | exp.Add | exp.Sub | exp.WindowSpec
    if isinstance(parent, exp.Cast) and isinstance(parent.parent, exp.Interval | exp.Mul):
        parent = parent.parent
    of_interval = isinstance(parent, exp.Mul) and isinstance(parent.expression, exp.Interval)
    if not (isinstance(parent, counted) or of_interval) or not node.name.isdigit() or _is_sign_of_key(parent):
        return
    more = str(int(node.name) + 1)
    yield "off_by_one", exp.Literal.string(more) if node.is_string else exp.Literal.number(more)


# ---- dates

_TIMES, _DAYS = ("_at", "_from", "_to"), ("_date", "day", "month")


def _kind_of_date(name: str) -> str | None:
    """What a column's name says of its type."""
    return "TIMESTAMP" if name.endswith(_TIMES) else "DATE" if name.endswith(_DAYS) else None


def _wrong_date(node: exp.Expression, dates: DateColumns) -> Iterator[Change]:
    """Another date of the same table and type, so that only a guard on its meaning can tell."""
    name, scope = node.name, node.find_ancestor(exp.Select)
    if scope is None:
        return
    known = dates.get(node.table) or {
        column.name: kind
        for column in scope.find_all(exp.Column)
        if column.table == node.table and (kind := _kind_of_date(column.name)) is not None
    }
    offered = sorted(column for column, kind in known.items() if kind == known.get(name))
    if name in known and len(offered) > 1:
        other = exp.to_identifier(offered[(offered.index(name) + 1) % len(offered)], quoted=node.this.quoted)
        changed = exp.Column(this=other, table=node.args.get("table"))
        yield "wrong_date", exp.alias_(changed, name) if isinstance(node.parent, exp.Select) else changed


_MISTAKES: tuple[tuple[type | tuple[type, ...], Callable[..., Iterator[Change]]], ...] = (
    (tuple(_OPPOSITE), _comparison),
    (exp.Between, _between),
    (exp.NullSafeEQ, _null_safe),
    (exp.Is, _is),
    (exp.Not, _not),
    ((exp.And, exp.Or), _connector),
    ((exp.Where, exp.Having, exp.Qualify), _clause),
    (exp.In, _in),
    (exp.Case, _case),
    (exp.Join, _join),
    (exp.Union, _union),
    (exp.Select, _select),
    (tuple(_SWAPPED), _swap),
    (exp.Count, _count),
    ((exp.PercentileCont, exp.Quantile), _quantile),
    (exp.Ordered, _ordered),
    (exp.Order, _order),
    (exp.Window, _window),
    (exp.Coalesce, _coalesce),
    (exp.Nullif, _nullif),
    ((exp.Div, exp.IntDiv), _div),
    (exp.Mul, _mul),
    ((exp.Add, exp.Sub), _add_sub),
    (exp.Neg, _neg),
    (exp.Literal, _literal),
    (exp.Column, _wrong_date),
)
