"""Build the models: dbt compiles them and declares their contracts and comments, DuckDB runs the compiled SQL.

Each table comes out as `dbt run` would make it; dbt takes several times as long to run a model as DuckDB does.
"""

import shutil
import time
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from dagster_project import dbt_runner
from dagster_project.dbt_runner import AFTER_METRICS, AFTER_OUTCOME_METRICS, DbtError
from sources.common.limits import Limits, explained, of_machine, timed
from sources.common.sql import identifier, literal

if TYPE_CHECKING:
    from dagster_project.reuse import Made

# each query uses all CPUs; a few at once keep them busy, more would only divide the memory
AT_ONCE = 4
TIMEOUT = 3600  # seconds that one may take


@dataclass(frozen=True)
class Model:
    """A model as dbt compiled it.

    `types` holds its contract, the declared type of each column; None without one. `comments` are published with it.
    """

    name: str
    table: str  # schema.name
    schema: str  # with its database, quoted
    relation: str  # the whole name, quoted
    sql: str
    tags: frozenset[str]
    parents: frozenset[str]
    types: Mapping[str, str] | None
    comment: str
    comments: Mapping[str, str]

    @property
    def select(self) -> str:
        """The compiled SQL, its columns in the contract's order."""
        if self.types is None:
            return self.sql
        return f"select {', '.join(map(identifier, self.types))} from (\n{self.sql}\n) as contracted"


@dataclass(frozen=True)
class Built:
    """A model that was built: the seconds that it took, and its rows; `is_new` is false where it was there already."""

    name: str
    seconds: float
    rows: int
    is_new: bool = True


@cache
def models() -> Mapping[str, Model]:
    """Every model by name, parents first. Raises DbtError where one needs what only `dbt run` can do."""
    nodes, compiled = dbt_runner.models(), dbt_runner.compiled()
    parents = {uid: [on for on in node["depends_on"]["nodes"] if on in nodes] for uid, node in nodes.items()}
    order = [*TopologicalSorter(parents).static_order()]
    return {nodes[uid]["name"]: _model(nodes, nodes[uid], compiled[uid], parents[uid]) for uid in order}


def _model(nodes: Mapping[str, Any], node: Mapping[str, Any], sql: str, parents: Iterable[str]) -> Model:
    config, columns = node["config"], node["columns"]
    unknown = {
        f"materialized: {config['materialized']}": config["materialized"] != "table",
        "a hook": config["pre-hook"] or config["post-hook"],
        "a constraint": node["constraints"] or any(column["constraints"] for column in columns.values()),
    }
    if named := [what for what, is_used in unknown.items() if is_used]:
        raise DbtError(
            f"{node['original_file_path']}: model {node['name']} declares {' and '.join(named)}, but models are built "
            "as plain tables. To fix: remove it, or extend dagster_project/model_runner.py."
        )
    persisted = config["persist_docs"]
    described = {name: column["description"] for name, column in columns.items() if column["description"]}
    return Model(
        name=node["name"],
        table=f"{node['schema']}.{node['name']}",
        schema=f"{identifier(node['database'])}.{identifier(node['schema'])}",
        relation=node["relation_name"],
        sql=sql,
        tags=frozenset(config["tags"]),
        parents=frozenset(nodes[uid]["name"] for uid in parents),
        types={name: column["data_type"] for name, column in columns.items()}
        if config["contract"]["enforced"]
        else None,
        comment=node["description"] if persisted.get("relation") else "",
        comments=described if persisted.get("columns") else {},
    )


def of_pass(tag: str | None) -> list[Model]:
    """The models of one pass: those with its tag; for None those that need no metric value."""
    late = {AFTER_METRICS, AFTER_OUTCOME_METRICS}
    return [model for model in models().values() if (tag in model.tags if tag else not model.tags & late)]


def fresh_build(build: Path) -> None:
    """An empty build folder; a build can always be made from scratch."""
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)


@contextmanager
def open_build(warehouse: Path, stage: Path, limits: Limits | None = None) -> Generator[duckdb.DuckDBPyConnection]:
    """A build's files, to be written: the warehouse with its stage file attached as `stage`, for all cursors in UTC."""
    # set when the database is opened: the spill folder can't be changed once it is in use
    config = {**(limits or of_machine()).config(), "temp_directory": str(warehouse.with_name("spill"))}
    with duckdb.connect(str(warehouse), config=config) as connection:
        connection.execute("set global TimeZone = 'UTC'")
        connection.execute(f"attach {literal(stage)} as stage")
        yield connection


def build_models(
    warehouse: Path,
    stage: Path,
    tag: str | None,
    limits: Limits | None = None,
    seconds: float = TIMEOUT,
    names: Collection[str] | None = None,
    made: "Made | None" = None,
) -> list[Built]:
    """Build the models of one pass in a build's files, in the order in which they were done, each within `seconds`.

    `names`: only these of them. `made`: what is there already, so that what would come out the same isn't built again.
    Raises DbtError naming the model that could not be built.
    """
    limits = limits or of_machine()
    chosen = [model for model in of_pass(tag) if names is None or model.name in names]
    with open_build(warehouse, stage, limits) as connection:
        built = build(connection, chosen, min(limits.threads, AT_ONCE), seconds, made)
        new = {model.name for model in built if model.is_new}
        comment(connection, [model for model in chosen if model.name in new])
    return built


def build(
    connection: duckdb.DuckDBPyConnection,
    chosen: Collection[Model],
    at_once: int = 1,
    seconds: float = TIMEOUT,
    made: "Made | None" = None,
) -> list[Built]:
    """Build these models, parents first, `at_once` in parallel, and each within `seconds`.

    Raises DbtError naming the one that could not be built.
    """
    for schema in sorted({model.schema for model in chosen}):
        connection.execute(f"create schema if not exists {schema}")
    return in_order(chosen, at_once, lambda model: _build_changed(connection.cursor(), model, seconds, made))


def in_order(chosen: Collection[Model], at_once: int, make: Callable[[Model], Built]) -> list[Built]:
    """Make these models, parents first, `at_once` in parallel. Raises DbtError naming the one that could not be built,
    and what else `make` raises."""
    by_name = {model.name: model for model in chosen}
    order = TopologicalSorter({model.name: sorted(model.parents & by_name.keys()) for model in chosen})
    order.prepare()
    built: list[Built] = []
    running: dict[Future[Built], Model] = {}
    with ThreadPoolExecutor(at_once) as pool:
        while order.is_active():
            for name in order.get_ready():
                running[pool.submit(make, by_name[name])] = by_name[name]
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                model = running.pop(future)
                try:
                    built.append(future.result())
                except Exception as error:
                    pool.shutdown(cancel_futures=True)
                    if not isinstance(error, duckdb.Error | DbtError):
                        raise
                    raise DbtError(
                        explained(
                            f"model {model.name} could not be built: {str(error).strip()}. "
                            f"{len(chosen) - len(built)} of {len(chosen)} models were not built. To fix: fix the model "
                            "in dbt/models and refresh again."
                        )
                    ) from error
                order.done(model.name)
    return built


def _build_changed(connection: duckdb.DuckDBPyConnection, model: Model, seconds: float, made: "Made | None") -> Built:
    """Build a model, unless its table is there, made by the same SQL from the same contents."""
    if made is None:
        return _build(connection, model, seconds)
    key = made.contents.key(connection, model.select)
    if made.keys.pop(model.name, None) == key:
        counted = connection.execute(f"select count(*) from {model.relation}").fetchone()
        found = Built(model.name, 0.0, counted[0] if counted else 0, is_new=False)
    else:
        found = _build(connection, model, seconds)
        made.contents.forget(model.table)
    made.keys[model.name] = key
    return found


def _build(connection: duckdb.DuckDBPyConnection, model: Model, seconds: float) -> Built:
    started = time.perf_counter()
    if model.types is not None:
        hold_contract(connection, model.types, model.sql)
    with timed(connection, seconds) as ran_out:
        try:
            row = connection.execute(f"create or replace table {model.relation} as\n{model.select}").fetchone()
        except duckdb.InterruptException as error:
            raise DbtError(
                f"it ran for more than {seconds:,} seconds, the model_timeout of portfolio.yml"
                if ran_out.is_set()
                else str(error)
            ) from error
    return Built(model.name, time.perf_counter() - started, row[0] if row else 0)


def hold_contract(connection: duckdb.DuckDBPyConnection, types: Mapping[str, str], sql: str) -> None:
    """Raise DbtError where the columns of a SELECT are not those of the contract, in name and type."""
    declared = ", ".join(f"null::{kind} as {identifier(name)}" for name, kind in types.items())
    wanted, found = (
        {name: kind for name, kind, *_ in connection.execute(f"describe (\n{select}\n)").fetchall()}
        for select in (f"select {declared}", sql)
    )
    wrong = [
        f"{name} is {found.get(name, 'missing')}, declared {wanted.get(name, 'nowhere')}"
        for name in [*wanted, *(found.keys() - wanted.keys())]
        if wanted.get(name) != found.get(name)
    ]
    if wrong:
        raise DbtError(f"its columns are not those of its contract ({'; '.join(wrong)})")


def comment(connection: duckdb.DuckDBPyConnection, chosen: Collection[Model]) -> None:
    """Write the comments of these models' tables and columns, all at once."""
    statements = [
        *(f"comment on table {model.relation} is {literal(model.comment)}" for model in chosen if model.comment),
        *(
            f"comment on column {model.relation}.{identifier(name)} is {literal(text)}"
            for model in chosen
            for name, text in model.comments.items()
        ),
    ]
    if statements:
        connection.execute(";\n".join(["begin", *statements, "commit"]))
