"""Metric contracts: name, version, unit, direction, range and the SQL that a metric compiles to, bound together.

A change of meaning without a new version is a mismatch, and a mismatch blocks publishing.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import duckdb
import sqlglot
import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlglot import exp
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

from expectations.database import to_json
from expectations.records import CheckRecord, Status

CONTRACTS = Path(str(resources.files("expectations") / "metric_contracts.yml"))
ALL_DECLARED = "every_metric_has_a_contract"

Dimension = Literal["total", "product", "team", "initiative"]
Compiled = Mapping[str, str] | str


class MetricContract(BaseModel):
    """What a metric means, and where its witness looks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    version: int = Field(ge=1)
    formula: str = Field(description="In words")
    unit: str
    direction: Literal["up", "down", "none"] = Field(description="Which way is better")
    kind: Literal["outcome", "output"]
    valid_min: float | None
    valid_max: float | None
    minimum_n: int = Field(ge=0)
    owner: str
    source: str = Field(description="Who published the formula")
    fingerprint: str = Field(description="Of the compiled SQL; empty fails")
    feeds: tuple[str, ...] = Field(min_length=1, description="Feeds that must all cover a period for it to be measured")
    empty_is_zero: bool = Field(description="Inside their cover, no row means 0")
    dimensions: tuple[Dimension, ...] = Field(description="Dimensions with a witness")


# What `dim_metric` publishes and the contract binds, beside the fingerprint.
_BOUND = ("version", "formula", "unit", "direction", "kind", "valid_min", "valid_max", "minimum_n")


@cache
def load_metrics(path: Path = CONTRACTS) -> dict[str, MetricContract]:
    """The contract of each metric, by name."""
    entries = yaml.safe_load(path.read_text())["metrics"]
    return {entry["name"]: MetricContract.model_validate(entry) for entry in entries}


def canonical(sql: str) -> str:
    """A query as one text, whatever its formatting, comments, letter case, catalog and table aliases."""
    tree = normalize_identifiers(sqlglot.parse_one(sql, read="duckdb"), dialect="duckdb")
    names: dict[str, str] = {}
    for alias in tree.find_all(exp.TableAlias):
        if alias.name:
            names.setdefault(alias.name, f"t{len(names)}")
    for node in tree.find_all(exp.TableAlias, exp.Table, exp.Column):
        if isinstance(node, exp.TableAlias) and node.name in names:
            node.set("this", exp.to_identifier(names[node.name]))
        elif isinstance(node, exp.Table):
            node.set("catalog", None)
            if not node.db and node.name in names:
                node.set("this", exp.to_identifier(names[node.name]))
        elif isinstance(node, exp.Column) and node.table in names:
            node.set("table", exp.to_identifier(names[node.table]))
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("quoted", False)
    return tree.sql(dialect="duckdb", comments=False)


def fingerprint(sql: Compiled) -> str:
    """16 hex digits that change with the meaning of a query, or of a named set of queries."""
    queries = {"": sql} if isinstance(sql, str) else sql
    text = "\n".join(f"{name}: {canonical(query)}" for name, query in sorted(queries.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_contracts(
    compiled: Mapping[str, Compiled], published_dim_metric: Path, contracts: Path = CONTRACTS
) -> list[CheckRecord]:
    """Hold each metric's compiled SQL and its published row against its contract.

    `compiled` maps a metric's name to its SQL; `published_dim_metric` is the build that holds `metrics.dim_metric`.
    One record a contract, and one that every metric has a contract.
    """
    with duckdb.connect(str(published_dim_metric), read_only=True) as connection:
        rows = connection.execute("select * from metrics.dim_metric")
        names = [column[0] for column in rows.description or []]
        listed = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    published = {row["metric_name"]: {**row, "version": row["metric_version"]} for row in listed}
    declared = load_metrics(contracts)
    undeclared = sorted({*compiled, *published} - {*declared})
    return [
        *(_hold(contract, compiled.get(name), published.get(name)) for name, contract in declared.items()),
        _contract_record(
            ALL_DECLARED,
            "failed" if undeclared else "passed",
            observed=f"without a contract: {', '.join(undeclared)}" if undeclared else f"{len(declared)} contracts",
            expected="an entry in expectations/metric_contracts.yml for every metric",
            failing_rows=len(undeclared),
            sample=to_json([{"metric_name": name} for name in undeclared]) if undeclared else None,
        ),
    ]


def _hold(contract: MetricContract, compiled: Compiled | None, row: dict[str, Any] | None) -> CheckRecord:
    """One metric: its contract against what was compiled and what is published."""
    differences: list[str] = []
    found = None if compiled is None else fingerprint(compiled)
    if found is None:
        differences.append("no SQL was compiled")
    elif not contract.fingerprint:
        differences.append(f"the contract has no fingerprint, compiled {found}")
    elif found != contract.fingerprint:
        differences.append(f"fingerprint {contract.fingerprint} in the contract, compiled {found}")
    if row is None:
        differences.append("no row in metrics.dim_metric")
    else:
        pairs = [(name, getattr(contract, name), row[name]) for name in _BOUND]
        differences += [
            f"{name} {_text(ours)} in the contract, published {_text(theirs)}"
            for name, ours, theirs in pairs
            if ours != theirs
        ]
        if found and row["fingerprint"] and row["fingerprint"] != found:
            differences.append(f"fingerprint {row['fingerprint']} published, compiled {found}")
    return _contract_record(
        contract.name,
        "failed" if differences else "passed",
        observed=f"{contract.name}: {'; '.join(differences)}" if differences else f"{contract.name} {found}",
        expected=f"{contract.name} version {contract.version}, fingerprint {contract.fingerprint or 'of its SQL'}; "
        "a change of meaning needs a new version",
        failing_rows=len(differences),
        sample=to_json([_compiled_sql(compiled)]) if differences and compiled is not None else None,
    )


def _compiled_sql(compiled: Compiled) -> dict[str, str]:
    queries = {"compiled_sql": compiled} if isinstance(compiled, str) else compiled
    return {name: canonical(query) for name, query in sorted(queries.items())}


def _text(value: object) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _contract_record(
    name: str, status: Status, *, observed: str, expected: str, failing_rows: int, sample: str | None
) -> CheckRecord:
    return CheckRecord(
        check_name=name,
        suite="contract",
        object_name="metrics.dim_metric",
        severity="fail",
        status=status,
        observed=observed,
        expected=expected,
        failing_rows=failing_rows,
        sample=sample,
        rows_sql=f"select * from metrics.dim_metric where metric_name = '{name}'" if status == "failed" else None,
    )


def write_fingerprints(compiled: Mapping[str, Compiled], contracts: Path = CONTRACTS) -> list[str]:
    """Put the compiled SQL's fingerprints into the contracts file, and leave the rest of it as it is.

    Returns the names of the metrics whose fingerprint changed; their version is for a person to raise.
    """
    text = contracts.read_text()
    changed: list[str] = []
    for name, sql in compiled.items():
        pattern = re.compile(rf'(^  - name: {re.escape(name)}\n(?:    .*\n)*?    fingerprint: )"([^"]*)"', re.MULTILINE)
        new = fingerprint(sql)
        if (entry := pattern.search(text)) and entry[2] != new:
            text = pattern.sub(rf'\g<1>"{new}"', text, count=1)
            changed.append(name)
    contracts.write_text(text)
    load_metrics.cache_clear()
    return changed
