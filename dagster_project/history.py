"""Where Dagster keeps its history on one machine: its own SQLite storage, told to write a run's events cheaply.

A refresh leaves some thousands of events, each with several commits. Dagster opens each file again for each, and
a flush to the disk at each takes longer than the refresh; here a process keeps a file's connection, and SQLite doesn't
wait for the disk. `dagster.yaml` names this class. What a process has written outlives it; after a power failure SQLite
may find the history damaged (never the warehouse, which has its own files): remove the folder `history` of DAGSTER_HOME
then. A history that must survive that belongs in PostgreSQL (deploy/).
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, StaticPool, create_engine, event
from sqlalchemy.engine import Engine

KEPT = 8  # files that stay open: the index, and those of the runs that were last looked at
BUSY = 30  # seconds to wait for another process that writes


class QuickEvents(SqliteEventLogStorage):
    """Dagster's events in SQLite, a file per run and an index, whose connections are kept."""

    def __init__(self, base_dir: str) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._tables: set[str] = set()  # that are known to be there
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Generator[Connection]:
        if shard not in self._initialized_dbs:
            with super()._connect(shard):
                pass
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            self._engines[shard] = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,  # one connection for all threads, of which the lock lets one in
                connect_args={"timeout": BUSY, "check_same_thread": False},
            )
        self._engines.move_to_end(shard)
        while len(self._engines) > KEPT:
            self._engines.popitem(last=False)[1].dispose()
        return self._engines[shard]

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; one that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close the files."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


class QuickSqliteStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage, in a process whose SQLite connections don't wait for the disk."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = QuickEvents(str(Path(self._event_log_storage.path_for_shard("index")).parent))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: SqliteStorageConfig
    ) -> "QuickSqliteStorage":
        """The storage that `dagster.yaml` declares."""
        event.listen(Engine, "connect", _wait_for_nothing)
        return cls.from_local(inst_data=inst_data, **config_value)


def _wait_for_nothing(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")
