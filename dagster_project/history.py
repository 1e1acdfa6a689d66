"""Where Dagster keeps its history on one machine: its own SQLite storage, told not to wait for the disk at each event.

A refresh leaves some thousands of events, each with several commits; a flush to the disk at each takes longer than the
refresh. `dagster.yaml` names this class. What a process has written outlives it; after a power failure SQLite may find
the history damaged (never the warehouse, which has its own files): remove the folder `history` of DAGSTER_HOME then.
A history that must survive that belongs in PostgreSQL (deploy/).
"""

import sqlite3

from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import event
from sqlalchemy.engine import Engine


class QuickSqliteStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage, in a process whose SQLite connections don't wait for the disk."""

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
