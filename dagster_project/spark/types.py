"""The types of a statement's expressions, as DuckDB gives them: rules depend on them.

sqlglot's own inference is for any dialect; here are DuckDB's rules where they differ. Only kinds count, so decimals
have no precision here: a precision that is wrong would be worse than none.
"""

from collections.abc import Mapping
from typing import Any

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.optimizer.annotate_types import TypeAnnotator
from sqlglot.schema import MappingSchema

Node = Any  # an expression of sqlglot: its classes have more than their types say
Kind = exp.DType
# catalog, schema, table, column: DuckDB's type
Schema = Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]

MOMENTS = frozenset({Kind.TIMESTAMP, Kind.TIMESTAMPNTZ})
WHOLE = frozenset({Kind.TINYINT, Kind.SMALLINT, Kind.INT, Kind.BIGINT, Kind.INT128})
_INT, _BIGINT = 1 << 31, 1 << 63


def duckdb_schema(schema: Schema) -> MappingSchema:
    """The column types of a DuckDB catalog for sqlglot, decimals without precision."""
    kinds: dict[str, object] = {
        catalog: {
            name: {
                table: {column: kind_of(text) for column, text in columns.items()} for table, columns in held.items()
            }
            for name, held in schemas.items()
        }
        for catalog, schemas in schema.items()
    }
    return MappingSchema(kinds, dialect="duckdb")


def kind_of(text: str) -> str:
    """A DuckDB type without the precision of its decimals."""
    built = exp.DataType.build(text, dialect="duckdb")
    return _plain(built).sql("duckdb")


def annotate(tree: Node, schema: MappingSchema) -> None:
    """Give every expression of a qualified statement its type; what isn't known stays UNKNOWN."""
    TypeAnnotator(schema=schema, expression_metadata=_METADATA, coerces_to=_COERCES_TO).annotate(tree)


def kind(node: Node) -> Kind:
    """The kind of an annotated expression's type."""
    found = node.type.this if node.type is not None else Kind.UNKNOWN
    return found if isinstance(found, Kind) else Kind.USERDEFINED


def _plain(data_type: exp.DataType) -> exp.DataType:
    plain = data_type.copy()
    for node in plain.find_all(exp.DataType):
        if node.this == Kind.DECIMAL:
            node.set("expressions", [])
    return plain


def _literal(self: Any, node: exp.Literal) -> Node:
    """0.5 is a decimal, 5e-1 a double, a whole number as wide as it needs."""
    if node.is_string:
        return self._set_type(node, Kind.VARCHAR)
    if not node.is_int:
        return self._set_type(node, Kind.DOUBLE if "e" in node.name.lower() else Kind.DECIMAL)
    value = int(node.name)
    return self._set_type(node, Kind.INT if value < _INT else Kind.BIGINT if value < _BIGINT else Kind.INT128)


def _cast(self: Any, node: exp.Cast) -> Node:
    return self._set_type(node, _plain(node.to))


def _anonymous(self: Any, node: exp.Anonymous) -> Node:
    name = node.name.lower()
    if name == "divide":
        return self._annotate_by_args(node, *node.expressions)
    return self._set_type(node, _RETURNS.get(name, Kind.UNKNOWN))


def _sum(self: Any, node: exp.Sum) -> Node:
    found = kind(node.this)
    return self._set_type(node, Kind.INT128 if found in WHOLE else node.this.type)


def _sub(self: Any, node: Node) -> Node:
    left, right = kind(node.left), kind(node.right)
    if left == right == Kind.DATE:
        return self._set_type(node, Kind.BIGINT)
    if left in MOMENTS and right in MOMENTS:
        return self._set_type(node, Kind.INTERVAL)
    return _add(self, node)


def _add(self: Any, node: Node) -> Node:
    kinds = {kind(node.left), kind(node.right)}
    if Kind.DATE in kinds and kinds & WHOLE:
        return self._set_type(node, Kind.DATE)
    if Kind.INTERVAL in kinds and kinds & (MOMENTS | {Kind.DATE}):
        return self._set_type(node, Kind.TIMESTAMP)
    return self._annotate_binary(node)


def _mul(self: Any, node: exp.Mul) -> Node:
    if Kind.INTERVAL in (kind(node.left), kind(node.right)):
        return self._set_type(node, Kind.INTERVAL)
    return self._annotate_binary(node)


def _median(self: Any, node: Node) -> Node:
    return self._set_type(node, Kind.DOUBLE if kind(node.this) in WHOLE else node.this.type)


def _same(self: Any, node: Node) -> Node:
    return self._set_type(node, node.this.type)


_RETURNS = {"timezone": Kind.TIMESTAMP, "epoch": Kind.DOUBLE, "isfinite": Kind.BOOLEAN, "row": Kind.STRUCT}
_METADATA: dict[Any, Any] = {
    **DuckDB.EXPRESSION_METADATA,
    exp.Literal: {"annotator": _literal},
    exp.Cast: {"annotator": _cast},
    exp.TryCast: {"annotator": _cast},
    exp.Anonymous: {"annotator": _anonymous},
    exp.Sum: {"annotator": _sum},
    exp.Add: {"annotator": _add},
    exp.Sub: {"annotator": _sub},
    exp.Mul: {"annotator": _mul},
    exp.Div: {"returns": Kind.DOUBLE},
    exp.Median: {"annotator": _median},
    **{node: {"annotator": _same} for node in (exp.Floor, exp.Ceil, exp.Round, exp.Abs, exp.ArgMax, exp.ArgMin)},
    **{
        node: {"annotator": _same}
        for node in (exp.AnyValue, exp.Filter, exp.Window, exp.Lag, exp.Lead, exp.ArrayFilter)
    },
    **{node: {"returns": Kind.DOUBLE} for node in (exp.Avg, exp.Variance, exp.RegrIntercept, exp.RegrSlope, exp.Pow)},
}
_NUMBERS: tuple[Any, ...] = (Kind.DOUBLE, Kind.DECIMAL, Kind.INT128, Kind.BIGINT, Kind.INT, Kind.SMALLINT, Kind.TINYINT)
_COERCES_TO: Any = {
    **TypeAnnotator.COERCES_TO,
    **{number: set(_NUMBERS[:place]) for place, number in enumerate(_NUMBERS)},
}
