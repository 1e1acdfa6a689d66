"""Metric contracts: name, version, unit, direction, range and the SQL that a metric compiles to, bound together.

A change of meaning without a new version is a mismatch, and a mismatch blocks publishing.
"""

import difflib
import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import duckdb
import sqlglot
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlglot import exp
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

from expectations.database import to_json
from expectations.records import CheckRecord, Status

CONTRACTS = Path(str(resources.files("expectations") / "metric_contracts"))
ALL_DECLARED = "every_metric_has_a_contract"

Dimension = Literal[
    "total", "product", "team", "initiative", "objective", "customer_segment", "ritual_type", "pilot_side"
]
Grain = Literal["day", "week", "month", "quarter", "year", "fiscal_year", "all"]
Compiled = Mapping[str, str] | str
MAX_CHANGED_LINES = 12


class MetricContract(BaseModel):
    """What a metric means, and where its recomputation looks."""

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
    version_since: date | None = Field(default=None, description="First day of a later version than the first")
    change_note: str | None = Field(default=None, min_length=10, description="What it changed, in a sentence")
    fingerprint: str = Field(description="Of the compiled SQL; empty fails")
    feeds: tuple[str, ...] = Field(min_length=1, description="Feeds that must all cover a period for it to be measured")
    empty_is_zero: bool = Field(description="Inside their cover, no row means 0")
    interval: Literal["wilson", "nps", "welch", "none"] = Field(default="none", description="Its 95 % interval")
    dimensions: tuple[Dimension, ...] = Field(description="Dimensions by which it is published")
    grains: tuple[Grain, ...] = Field(
        default=("month", "quarter", "year", "fiscal_year", "all"), description="Grains at which it is published"
    )
    whole_time_only: tuple[Dimension, ...] = Field(
        default=(), description="Of its dimensions those that are published at the grain `all` alone"
    )

    @model_validator(mode="after")
    def _told(self) -> "MetricContract":
        if any((self.version > 1) is (told is None) for told in (self.version_since, self.change_note)):
            raise ValueError(
                f"{self.name} has version {self.version}. What to do: give a version after the first `version_since`, "
                "its first day, and `change_note`, what it changed; the first has neither"
            )
        return self


# What `dim_metric` publishes and the contract binds, beside the fingerprint.
_BOUND = (
    "version", "version_since", "change_note", "formula", "unit", "direction", "kind",
    "valid_min", "valid_max", "minimum_n", "interval", "empty_is_zero",
)  # fmt: skip


@cache
def load_metrics(folder: Path = CONTRACTS) -> dict[str, MetricContract]:
    """The contract of each metric, by name, in the order of the files. Raises ValueError where a name comes twice."""
    entries = [entry for path in sorted(folder.glob("*.yml")) for entry in yaml.safe_load(path.read_text())["metrics"]]
    names = [entry["name"] for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{folder} declares {', '.join(twice)} twice; keep one contract a metric.")
    return {entry["name"]: MetricContract.model_validate(entry) for entry in entries}


@cache
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


def shown_query(sql: Compiled) -> tuple[str, str]:
    """The one of a metric's queries that a person is shown, its total's by preference: its name and text in lines."""
    queries = {"": sql} if isinstance(sql, str) else sql
    name = min(queries, key=lambda n: (not n.startswith("total by month"), not n.startswith("total"), n))
    return name, sqlglot.parse_one(canonical(queries[name]), read="duckdb").sql(dialect="duckdb", pretty=True)


def kept_sql(contract_folder: Path, metric: str) -> Path:
    """Where the query is kept that a metric's fingerprint was written with, for a person to compare."""
    return contract_folder / "sql" / f"{metric}.sql"


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
    published = {
        row["metric_name"]: row
        | {
            "version": row["metric_version"],
            "interval": row["interval_kind"],
            "empty_is_zero": row["when_empty"] == "zero",
        }
        for row in listed
    }
    declared = load_metrics(contracts)
    undeclared = sorted({*compiled, *published} - {*declared})
    return [
        *(_hold(contract, compiled.get(name), published.get(name), contracts) for name, contract in declared.items()),
        _contract_record(
            ALL_DECLARED,
            "failed" if undeclared else "passed",
            observed=f"without a contract: {', '.join(undeclared)}" if undeclared else f"{len(declared)} contracts",
            expected="an entry in expectations/metric_contracts for every metric",
            failing_rows=len(undeclared),
            sample=to_json([{"metric_name": name} for name in undeclared]) if undeclared else None,
        ),
    ]


def _hold(contract: MetricContract, compiled: Compiled | None, row: dict[str, Any] | None, folder: Path) -> CheckRecord:
    """One metric: its contract against what was compiled and what is published."""
    differences: list[str] = []
    sample: str | None = None
    found = None if compiled is None else fingerprint(compiled)
    if found is None:
        differences.append("no SQL was compiled")
    elif not contract.fingerprint:
        differences.append(f"the contract has no fingerprint, compiled {found}")
    elif found != contract.fingerprint:
        change, sample = _change(contract.name, compiled or "", folder)
        differences.append(f"fingerprint {contract.fingerprint} in the contract, compiled {found} ({change})")
    if isinstance(compiled, Mapping):
        differences += _asked_for(contract, compiled)
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
        sample=sample,
    )


def _asked_for(contract: MetricContract, compiled: Mapping[str, str]) -> list[str]:
    """What only one of the two has: the dimensions of the contract, and those of the saved queries."""
    asked = {name.rpartition(" by ")[0] for name in compiled}
    return [
        *(f"dimension {name} in the contract, in no saved query" for name in sorted({*contract.dimensions} - asked)),
        *(f"dimension {name} in a saved query, not in the contract" for name in sorted(asked - {*contract.dimensions})),
    ]


def _change(metric: str, compiled: Compiled, folder: Path) -> tuple[str, str]:
    """What changed in the SQL that a person is shown: the lines in a sentence, and both texts as a sample."""
    name, new = shown_query(compiled)
    path = kept_sql(folder, metric)
    old = path.read_text().rpartition("-- version")[0].rstrip() if path.exists() else ""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    changed = [" ".join(line.split()) for line in lines if not line.startswith(("---", "+++", "@@"))]
    text = "; ".join(changed[:MAX_CHANGED_LINES]) + ("; …" if len(changed) > MAX_CHANGED_LINES else "")
    words = f"its SQL, {name}: {text}" if text else "of its SQL another dimension or grain"
    return words, to_json([{"query": name, "old_sql": old, "new_sql": new}])


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


def write_fingerprints(
    compiled: Mapping[str, Compiled], contracts: Path = CONTRACTS, same_meaning: Collection[str] = ()
) -> list[str]:
    """Put the compiled SQL's fingerprints into the contracts' files, and leave the rest of them as it is.

    Beside each the SQL that a person is shown when it changes. Returns the names of the metrics whose fingerprint
    changed. Raises ValueError, and writes nothing, where one has no contract, or changed while its version did not: a
    person raises the version in both YAML files, or says that the SQL says the `same_meaning`.
    """
    declared = load_metrics(contracts)
    if undeclared := sorted({*compiled} - {*declared}):
        raise ValueError(
            f"there is no contract of {', '.join(undeclared)}. What to do: add it to expectations/metric_contracts/"
        )
    prints = {name: fingerprint(sql) for name, sql in compiled.items()}
    changed = [name for name, new in prints.items() if declared[name].fingerprint != new]
    unraised = [
        name
        for name in changed
        if name not in same_meaning and f"-- version {declared[name].version}\n" in _kept_text(contracts, name)
    ]
    if unraised:
        raise ValueError(
            f"the SQL of {', '.join(unraised)} changed and the version did not. What to do: raise `version` in the "
            "metric's meta and in its contract; or, where the SQL means what it meant, name the metric with "
            "--same-meaning"
        )
    for path in sorted(contracts.glob("*.yml")):
        text = path.read_text()
        for name in changed:
            pattern = rf'(^  - name: {re.escape(name)}\n(?:    .*\n)*?    fingerprint: )"[^"]*"'
            text = re.sub(pattern, rf'\g<1>"{prints[name]}"', text, count=1, flags=re.MULTILINE)
        path.write_text(text)
    for name in prints:
        kept = kept_sql(contracts, name)
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(f"{shown_query(compiled[name])[1]}\n-- version {declared[name].version}\n")
    load_metrics.cache_clear()
    return changed


def _kept_text(contracts: Path, name: str) -> str:
    path = kept_sql(contracts, name)
    return path.read_text() if path.exists() else ""
