"""A build in memory, in which one thing is changed, all that depends on it built again and audited, and the change undone.

Only what really changes is followed: a model whose rows come out as they were ends the road there. What a mutant replaced
is set aside under another name meanwhile, so that undoing costs nothing.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

import duckdb

from dagster_project import measure
from dagster_project.measure import Compiled
from tests.mutation.baseline import Baseline, Model
from tests.mutation.guards import Guard, guards, tables_of

INPUTS = tuple(f"metricflow.{name}" for name in measure.INPUTS)  # of each round of measuring
DEFINITIONS, VALUES = "metricflow.metric_definitions", "metrics.fct_metric_values"
KEPT = "__as_built"
SECONDS = 60
PUBLISHED = ("core.", "outcomes.", "metrics.")  # schemas; the audit's own records aside
Entry = tuple[str, str, str]  # metric, grain, dimension


@dataclass(frozen=True)
class Start:
    """What a mutant changes at first: a model's SQL, queries of metrics, or tables that are there already."""

    model: tuple[str, str] | None = None
    compiled: tuple[Compiled, ...] = ()
    tables: Mapping[str, str] = field(default_factory=dict[str, str])  # a table, and the SELECT of its rows now


class _Caught(Exception):
    """A check has caught the mutant; the others need not be asked."""


class _BuildFailed(Exception):
    """A mutant stops the build itself."""


@dataclass(frozen=True)
class Finding:
    """What became of a mutant in one portfolio.

    `status`: killed (a check that blocks publishing failed, or the build did), survived (a published table changed and
    nothing noticed), unpublished (only tables changed that nobody is shown), same (no row of any table changed), invalid
    (it is no query that runs), runaway (too long or too large). `by`: the first check
    that caught it, or every one in their order.
    """

    status: str
    by: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    seconds: float = 0.0


class Warehouse:
    """The tables of a baseline in memory, and the checks on them."""

    def __init__(self, baseline: Baseline, *, every_check: bool = False) -> None:
        """Copy the build into memory. Raises RuntimeError where a check fails there that passed on the build.

        A mutant is left as soon as one check has caught it; `every_check` goes on to ask all of them.
        """
        self.baseline, self.every_check = baseline, every_check
        self.connection = _in_memory(baseline)
        self.databases: dict[str, str] = {
            f"{schema}.{name}": database
            for database, schema, name in self.connection.execute(
                "select database_name, schema_name, table_name from duckdb_tables()"
                " where database_name in ('warehouse', 'stage')"
            ).fetchall()
        }
        self.models = {model.table: model for model in baseline.models.values()}
        self.entries: dict[Entry, Compiled] = {(e.metric, e.grain, e.dimension): e for e in baseline.compiled}
        self.entry_reads = {key: tables_of(entry.sql) for key, entry in self.entries.items()}
        self.reads = self._reads()
        self.rank = {table: rank for rank, table in enumerate(TopologicalSorter(self.reads).static_order())}
        self.readers = _readers(self.reads)
        self.below = {table: _below(table, self.readers) for table in {*self.readers, *self.reads}}
        self.prints = {table: self._print(table) for table in self.databases}
        self.guards = guards(self.connection)
        self._judge_baseline()

    def try_out(self, start: Start) -> Finding:
        """Change what `start` says, rebuild and audit what depends on it, and put everything back."""
        trial = _Trial(self, start)
        began = time.process_time()
        self._forget_feeds(start)
        try:
            with self._deadline():
                status, by = trial.run()
        except duckdb.InterruptException:
            status, by = trial.verdict(runaway=f"more than {SECONDS} s")
        except duckdb.OutOfMemoryException:
            status, by = trial.verdict(runaway="out of memory")
        finally:
            trial.undo()
            self._forget_feeds(start)
        return Finding(
            status, by, tuple(sorted(trial.changed)), tuple(trial.warned), round(time.process_time() - began, 3)
        )

    def _forget_feeds(self, start: Start) -> None:
        """Drop what the recomputations read, which they keep, where other rows land."""
        if any(table.startswith("landing.") for table in start.tables):
            self.connection.execute("detach database if exists feed")

    def name(self, table: str) -> str:
        """A table by its full name."""
        return f"{self.databases[table]}.{table}"

    def date_columns(self) -> dict[str, dict[str, str]]:
        """The date and time columns of each table, by the last part of its name, each with its type."""
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in self.connection.execute(
            "select table_name, column_name, data_type from duckdb_columns()"
            " where data_type in ('DATE', 'TIMESTAMP') and database_name in ('warehouse', 'stage')"
            " order by table_name, column_index"
        ).fetchall():
            found.setdefault(table, {})[column] = kind
        return found

    def _reads(self) -> dict[str, set[str]]:
        """What each table that is made here is made from: models, and the inputs of metrics."""
        found = {table: set(model.reads) for table, model in self.models.items()}
        for key, entry in self.entries.items():
            found.setdefault(INPUTS[entry.is_second_round], set()).update(self.entry_reads[key])
        return found

    def _print(self, table: str) -> tuple[object, ...]:
        """What changes with any change of a table's rows, whatever their order."""
        row = self.connection.execute(f"select count(*), sum(hash(t)) from {self.name(table)} as t").fetchone()
        assert row is not None
        return row

    def _judge_baseline(self) -> None:
        failing = [guard.name for guard in self.guards if guard.blocks and guard.fails(self.connection)]
        if failing:
            raise RuntimeError(f"{self.baseline.name}: these checks fail without a mutation: {', '.join(failing)}")
        for guard in self.guards:
            if not guard.blocks and guard.fails(self.connection):
                guard.warns_anyhow = True

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """Interrupt what takes more processor time, so that a busy machine makes no runaway."""
        began, done = time.process_time(), threading.Event()

        def watch() -> None:
            while not done.wait(1):
                if time.process_time() - began > SECONDS:
                    self.connection.interrupt()

        threading.Thread(target=watch, daemon=True).start()
        try:
            yield
        finally:
            done.set()


class _Trial:
    """One mutant at work in a warehouse."""

    def __init__(self, warehouse: Warehouse, start: Start) -> None:
        self.on, self.start = warehouse, start
        self.changed: set[str] = set()
        self.set_aside: list[str] = []
        self.warned: list[str] = []
        self.caught_by: list[str] = []
        self.prints: dict[str, tuple[object, ...]] = {}
        self.replaced: dict[Entry, Compiled] = {(e.metric, e.grain, e.dimension): e for e in start.compiled}
        self.stale: set[Entry] = set(self.replaced)
        self.pending = {INPUTS[entry.is_second_round] for entry in start.compiled}
        self.asked: set[str] = set()

    def run(self) -> tuple[str, tuple[str, ...]]:
        """The status and what killed it. Raises duckdb errors of a runaway."""
        try:
            if (problem := self._begin()) is not None:
                return "invalid", (problem,)
            self._follow()
        except _BuildFailed as failed:
            # what is below the failed model isn't built, so that nothing more can be asked
            self.caught_by.append(str(failed))
        except _Caught:
            pass
        return self.verdict()

    def verdict(self, runaway: str = "") -> tuple[str, tuple[str, ...]]:
        """The status so far and every check that caught it; `runaway` says why it could not go on."""
        if self.caught_by:
            return "killed", tuple(self.caught_by)
        if runaway:
            return "runaway", (runaway,)
        if any(table.startswith(PUBLISHED) for table in self.changed):
            return "survived", ()
        return ("unpublished" if self.changed else "same"), ()

    def undo(self) -> None:
        """Put back every table that was replaced."""
        for table in reversed(self.set_aside):
            full, schema_less = self.on.name(table), table.partition(".")[2]
            self.on.connection.execute(f"drop table if exists {full}")
            self.on.connection.execute(f'alter table {full}{KEPT} rename to "{schema_less}"')

    # ---- changing

    def _begin(self) -> str | None:
        """Put the mistake into place; says why where it is no query that runs."""
        for table, select in self.start.tables.items():
            self._replace(table, select)
        if self.start.model is not None:
            name, sql = self.start.model
            try:
                self._rebuild(self.on.baseline.models[name], sql)
            except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
                return " ".join(str(error).split())[:200]
            except (duckdb.InterruptException, duckdb.OutOfMemoryException):
                raise
            except duckdb.Error as error:
                raise _BuildFailed(f"build:{name} {_kind(error)}") from error
        return None

    def _rebuild(self, model: Model, sql: str) -> None:
        if not model.has_contract:
            self._replace(model.table, sql)
            return
        connection = self.on.connection
        declared = _described(connection, f"from {self.on.name(model.table)}")
        given = _described(connection, sql)
        if {n: _family(t) for n, t in declared.items()} != {n: _family(t) for n, t in given.items()}:
            raise _BuildFailed(f"build:contract of {model.name}")
        columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in declared.items())
        self._replace(model.table, f"select {columns} from (\n{sql}\n) as rows")

    def _replace(self, table: str, select: str) -> None:
        """Put other rows into a table; where they are the same after all, leave it."""
        full, last = self.on.name(table), table.partition(".")[2]
        first = table not in self.set_aside
        # a second time, it is made again beside the rows of the first
        self.on.connection.execute(f"create or replace temp table made as {select}")
        print_ = self._print_of("temp.made")
        if print_ == self.prints.get(table, self.on.prints[table]):
            return
        if first:
            self.on.connection.execute(f'alter table {full} rename to "{last}{KEPT}"')
            self.set_aside.append(table)
        self.on.connection.execute(f"create or replace table {full} as from temp.made")
        self.prints[table] = print_
        (self.changed.discard if print_ == self.on.prints[table] else self.changed.add)(table)
        self.pending |= self.on.readers.get(table, set())
        self.stale |= {key for key, reads in self.on.entry_reads.items() if table in reads}

    def _print_of(self, relation: str) -> tuple[object, ...]:
        row = self.on.connection.execute(f"select count(*), sum(hash(t)) from {relation} as t").fetchone()
        assert row is not None
        return row

    # ---- following

    def _follow(self) -> None:
        """Rebuild what reads a changed table, parents first, and ask each check as soon as all it reads has settled."""
        self._ask()
        while self.pending:
            table = min(self.pending, key=self.on.rank.__getitem__)
            self.pending.discard(table)
            try:
                if table in INPUTS:
                    self._measure(table)
                else:
                    self._rebuild(self.on.models[table], self.on.models[table].sql)
            except (duckdb.InterruptException, duckdb.OutOfMemoryException):
                raise
            except duckdb.Error as error:
                raise _BuildFailed(f"build:{table} {_kind(error)}") from error
            self._ask()

    def _measure(self, inputs: str) -> None:
        """Fill the inputs of the stale queries of one round again."""
        connection, full = self.on.connection, self.on.name(inputs)
        stale = sorted(key for key in self.stale if INPUTS[self.on.entries[key].is_second_round] == inputs)
        self.stale -= {*stale}
        keys = ", ".join(f"('{metric}', '{grain}', '{dimension}')" for metric, grain, dimension in stale)
        connection.execute(f"create or replace temp table inputs_before as from {full}")
        connection.execute(f"delete from {full} where (metric_name, grain, dimension_name) in ({keys})")
        try:
            measure.measure(connection, [self.replaced.get(key, self.on.entries[key]) for key in stale])
            connection.execute(f"create or replace temp table inputs_after as from {full}")
        finally:
            connection.execute(f"create or replace table {full} as from temp.inputs_before")
        self._replace(inputs, "from temp.inputs_after")

    def _ask(self) -> None:
        """Run the checks that read a changed table and nothing that may still change."""
        open_ = set(self.pending).union(*(self.on.below[table] for table in self.pending))
        for guard in self.on.guards:
            if guard.name in self.asked or not guard.reads & self.changed or guard.reads & open_:
                continue
            self.asked.add(guard.name)
            if guard.metric and not guard.concerns(self._changed_metrics(), self.changed):
                continue
            if self._is_caught_by(guard):
                if guard.blocks:
                    self.caught_by.append(guard.name)
                    if not self.on.every_check:
                        raise _Caught
                elif not guard.warns_anyhow:
                    self.warned.append(guard.name)

    def _is_caught_by(self, guard: Guard) -> bool:
        """Whether a check fails or can't be run, which stops publishing as well."""
        try:
            return guard.fails(self.on.connection)
        except (duckdb.InterruptException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error:
            return True

    def _changed_metrics(self) -> frozenset[str]:
        """The metrics of which a published value changed."""
        if VALUES not in self.set_aside:
            return frozenset()
        now = self.on.name(VALUES)
        rows = self.on.connection.execute(f"""
            select distinct metric_name from (
                (from {now} except all from {now}{KEPT}) union all (from {now}{KEPT} except all from {now})
            )
        """).fetchall()
        return frozenset(name for (name,) in rows)


def _in_memory(baseline: Baseline) -> duckdb.DuckDBPyConnection:
    """Two databases in memory, named as a build's files, with all its tables; views become tables."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'; set threads = 1; set memory_limit = '2GB'; set temp_directory = ''")
    for name in ("warehouse", "stage"):
        connection.execute(f"attach ':memory:' as {name}")
        connection.execute(f"attach '{baseline.build / name}.duckdb' as built_{name} (read_only)")
        listed = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = $name"
            " union all select schema_name, view_name from duckdb_views() where database_name = $name and not internal",
            {"name": f"built_{name}"},
        ).fetchall()
        for schema, table in listed:
            connection.execute(f"create schema if not exists {name}.{schema}")
            connection.execute(f"create table {name}.{schema}.{table} as from built_{name}.{schema}.{table}")
        connection.execute(f"detach built_{name}")
    connection.execute("use warehouse")
    return connection


def _readers(reads: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What reads each table directly."""
    found: dict[str, set[str]] = {}
    for table, read in reads.items():
        for parent in read:
            found.setdefault(parent, set()).add(table)
    return found


def _below(table: str, readers: Mapping[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    todo = [table]
    while todo:
        new = readers.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return frozenset(found)


def _described(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"describe {sql}").fetchall()}


def _family(kind: str) -> str:
    """A type without its width, which the insert into a published table brings into line."""
    return kind.partition("(")[0]


def _kind(error: duckdb.Error) -> str:
    return type(error).__name__
