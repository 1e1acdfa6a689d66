"""The mirror: the served version in PostgreSQL, for readers on other machines and tools that speak only JDBC or ODBC.

Each version is loaded into side schemas (`core__next`), with its keys, comments and grants, while readers use
the old ones. Then one transaction locks the old tables and renames both; the old schemas are dropped afterwards.
PostgreSQL resolves names one by one: without the locks, a query on two tables could mix two versions.

A mirror that is down, slow or full only causes a warning: mirroring runs after the version is served, in a separate
process with a time limit, and the next refresh tries again.
"""

import json
import os
import re
import signal
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from tenacity import RetryError, Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from serving import postgres, reader
from serving.errors import MirrorError, ServingError
from serving.versions import Version, served
from sources.common import disk
from sources.common.sql import identifier, literal

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection as Session
    from adbc_driver_manager.dbapi import Cursor

STATE = "mirror.json"
COPIED, UNCHANGED, FAILED = "copied", "unchanged", "failed"
BATCH_ROWS = 50_000
START_SECONDS = 15  # for the process to start, in addition to its time limit
LOCK_MILLISECONDS = (
    200  # below PostgreSQL's deadlock_timeout, so that in a deadlock the mirror gives way, not the reader
)
SWAP_SECONDS, DROP_SECONDS = 30, 5
LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"
ONE_MIRROR = "outcome warehouse mirror"  # name of the advisory lock
MARK = re.compile(r"^Outcome Warehouse: portfolio (\S+), version (\S+?),")
DEFAULTS = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "tcp_user_timeout": "60000",
    "application_name": "outcome-warehouse",
}
SECRETS = ("password", "sslpassword")


@dataclass(frozen=True)
class Target:
    """The mirror: a libpq URL, the password if it isn't in the URL, and the role that may read."""

    url: str = field(repr=False)
    password: str | None = field(default=None, repr=False)
    reader: str | None = None
    seconds: int = 300  # time limit of one mirroring

    @property
    def dsn(self) -> str:
        """The URL with the password and the time-outs with which libpq notices a dead server."""
        parts = urlsplit(self.url)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        password = {"password": self.password} if self.password else {}
        query = urlencode(DEFAULTS | given | password, quote_via=quote)
        return urlunsplit(parts._replace(query=query))

    @property
    def shown(self) -> str:
        """The URL for messages: no password, no parameters."""
        parts = urlsplit(self.url)
        login, at, host = parts.netloc.rpartition("@")
        return urlunsplit((parts.scheme, f"{login.partition(':')[0]}{at}{host}", parts.path, "", ""))

    def without_secrets(self, text: str) -> str:
        """`text`, such as libpq's message, with every form of the password taken out."""
        parts = urlsplit(self.url)
        written = parts.netloc.rpartition("@")[0].partition(":")[2]
        query = dict(parse_qsl(parts.query))
        secrets = {written, unquote(written), self.password or "", *(query.get(name, "") for name in SECRETS)}
        for secret in sorted(secrets | {quote(secret, safe="") for secret in secrets}, key=len, reverse=True):
            text = text.replace(secret, "***") if secret else text
        return text


@dataclass(frozen=True)
class Mirrored:
    """How a mirroring ended; kept as `mirror.json` in the portfolio's home."""

    outcome: str  # copied | unchanged | failed
    version: str  # the served version
    where: str
    tried_at: str  # ISO 8601
    rows: int | None = None
    seconds: float | None = None
    problem: str | None = None  # why it failed
    note: str | None = None  # a note for people, although it was copied

    @property
    def is_behind(self) -> bool:
        """The mirror doesn't show the served version."""
        return self.outcome == FAILED


def follow(home: Path, target: Target, *, full: bool = False) -> Mirrored:
    """Copy the version served at `home` to the mirror, within `target.seconds`; `full`: even if it is there already.

    Errors of the mirror are not raised, but are in the result's `problem`, without any secret.
    Raises VersionError when the served version is gone, MirrorError when there is none.
    """
    version = served(home)
    if version is None:
        raise MirrorError("nothing is published yet.", str(home), "run `outcomes refresh`.")
    begun = datetime.now(UTC)
    answer = _in_a_process(version, target, full)
    seconds = round((datetime.now(UTC) - begun).total_seconds(), 2)
    done = Mirrored(version=version.version, where=target.shown, tried_at=begun.isoformat(), seconds=seconds, **answer)
    _keep(home, done)
    return done


def failed(home: Path, target: Target, problem: str) -> Mirrored:
    """Record that a mirroring could not start."""
    done = Mirrored(FAILED, "", target.shown, datetime.now(UTC).isoformat(), problem=target.without_secrets(problem))
    with suppress(OSError):
        _keep(home, done)
    return done


def last(home: Path) -> Mirrored | None:
    """How the last mirroring of a portfolio ended; None where none was tried."""
    try:
        return Mirrored(**json.loads((home / STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _keep(home: Path, done: Mirrored) -> None:
    disk.write_private(home / STATE, json.dumps(asdict(done), indent=2, ensure_ascii=False) + "\n")


def mirror(version: Version, target: Target, *, full: bool = False) -> dict[str, Any]:
    """Copy `version` into the mirror, in this process; {outcome, rows, note}. Raises MirrorError."""
    if version.problem is not None:
        raise MirrorError(version.problem, str(version.folder), "run `outcomes verify`.")
    try:
        with _session(target) as session, session.cursor() as cursor:
            _begin(cursor, target)
            portfolio = str(version.manifest["portfolio"])
            shown = _shown(cursor, portfolio, target)
            if not full and set(shown.values()) == {version.version}:
                return {"outcome": UNCHANGED}
            _drop_old(cursor)
            with reader.connect(version.database) as connection:
                found = postgres.relations(connection, version.manifest["keys"])
                if (name := postgres.too_long(found)) is not None:
                    raise MirrorError(f"the name {name} is too long for PostgreSQL.", target.shown, "shorten it.")
                rows = _load(cursor, connection, found, version, target)
            note = _grant(cursor, found, target)
            _swap(cursor, sorted(shown), sorted({r.schema for r in found}), target)
            return {"outcome": COPIED, "rows": rows, "note": note}
    except ServingError:
        raise
    except Exception as error:  # an error of the driver must not fail the refresh
        raise MirrorError(target.without_secrets(_words(error)), target.shown, _HELP) from None


_HELP = "check the server and its log; `outcomes mirror` tries again, and so does the next refresh."


def _in_a_process(version: Version, target: Target, full: bool) -> dict[str, Any]:
    """`mirror` in a separate process: a call that waits for a frozen server can't be ended in any other way."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(sender, version, target, full), daemon=True)
    process.start()
    sender.close()
    try:
        if receiver.poll(target.seconds + START_SECONDS):
            return receiver.recv()
        problem = f"it took longer than {target.seconds} s (mirror_timeout_seconds)."
    except EOFError:
        process.join()
        ended = process.exitcode == -signal.SIGALRM
        problem = (
            f"it took longer than {target.seconds} s (mirror_timeout_seconds)."
            if ended
            else f"its process ended with {process.exitcode}."
        )
    finally:
        process.kill()
        process.join()
        receiver.close()
    return {"outcome": FAILED, "problem": str(MirrorError(problem, target.shown, _HELP))}


def _work(sender: Connection, version: Version, target: Target, full: bool) -> None:
    """Mirror, and send the result. A timer ends this process if it hangs or its parent was killed."""
    signal.setitimer(signal.ITIMER_REAL, target.seconds)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # DuckDB takes a process without a main file for an interactive one, and would print a progress bar
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        answer = mirror(version, target, full=full)
    except Exception as error:
        answer = {"outcome": FAILED, "problem": target.without_secrets(str(error))}
    sender.send(answer)


@contextmanager
def _session(target: Target) -> Generator["Session"]:
    """A connection on which each statement is a transaction of its own."""
    from adbc_driver_postgresql import dbapi

    session = dbapi.connect(target.dsn, autocommit=True)
    try:
        yield session
    finally:
        session.close()


def _begin(cursor: "Cursor", target: Target) -> None:
    """Configure the session, and make sure that no other mirroring is running in that database."""
    cursor.executescript(
        f"set statement_timeout = '{target.seconds}s'; set lock_timeout = '{LOCK_MILLISECONDS}ms'; "
        "set standard_conforming_strings = on; set client_min_messages = error"
    )
    cursor.execute(f"select pg_try_advisory_lock(hashtext({literal(ONE_MIRROR)}))")
    if cursor.fetchone() != (True,):
        raise MirrorError("another mirroring is running there.", target.shown, "wait for it to end.")


def _shown(cursor: "Cursor", portfolio: str, target: Target) -> dict[str, str]:
    """{schema: version} in the mirror. Raises MirrorError if a schema is not this portfolio's."""
    schemas = _schemas(cursor)
    marked = {name: match for name, text in schemas.items() if (match := MARK.match(text or ""))}
    for name, match in marked.items():
        if match[1] != portfolio:
            raise MirrorError(
                f"the schema {name} belongs to portfolio {match[1]}.",
                target.shown,
                "give each portfolio its own database.",
            )
    return {name: match[2] for name, match in marked.items() if not name.endswith(postgres.SIDES)}


def _schemas(cursor: "Cursor") -> dict[str, str | None]:
    cursor.execute("select nspname::text, obj_description(oid, 'pg_namespace') from pg_namespace")
    return dict(cursor.fetchall())


def _load(cursor: "Cursor", connection: Any, found: list[postgres.Relation], version: Version, target: Target) -> int:
    """Create and fill the side schemas; the number of rows copied."""
    present, marked = _schemas(cursor), f"portfolio {version.manifest['portfolio']}, version {version.version}"
    mark = f"Outcome Warehouse: {marked}, as of {version.as_of}"
    for schema in sorted({relation.schema for relation in found}):
        for name in (schema, schema + postgres.NEXT):
            if name in present and not MARK.match(present[name] or ""):
                raise MirrorError(
                    f"there is a schema {name} that the mirror did not make.",
                    target.shown,
                    "give the mirror its own database.",
                )
        side = identifier(schema + postgres.NEXT)
        cursor.executescript(
            f"drop schema if exists {side} cascade; create schema {side}; comment on schema {side} is {literal(mark)}"
        )
    cursor.executescript("; ".join(map(postgres.create_table, found)))
    rows = 0
    for relation in found:
        batches = connection.execute(postgres.select(relation)).to_arrow_reader(BATCH_ROWS)
        side = relation.schema + postgres.NEXT
        copied = cursor.adbc_ingest(relation.table, batches, mode="append", db_schema_name=side)
        expected = version.manifest["tables"][relation.name]["rows"]
        cursor.execute(f"select count(*) from {postgres.side(relation.name)}")
        arrived = cursor.fetchone()
        if arrived != (expected,):
            raise MirrorError(
                f"{relation.name}: {copied} rows were sent and {arrived} arrived of {expected}.", target.shown, _HELP
            )
        rows += expected
    finishing = [*postgres.keys(found), *(text for relation in found for text in postgres.comments(relation))]
    cursor.executescript("; ".join(finishing))
    cursor.executescript("; ".join(f"analyze {postgres.side(relation.name)}" for relation in found))
    return rows


def _grant(cursor: "Cursor", found: list[postgres.Relation], target: Target) -> str | None:
    """Grant the reader role access, creating it if allowed; else a note on what a person has to do."""
    role = target.reader
    if role is None:
        return None
    cursor.execute(
        f"select exists(select from pg_roles where rolname = {literal(role)}), "
        "coalesce((select rolcreaterole or rolsuper from pg_roles where rolname = current_user), false)"
    )
    there, may = cursor.fetchone() or (False, False)
    if not there and not may:
        return (
            f"there is no role {role}, and the mirror's user may not make one: run `create role {role} nologin` "
            "there, then `outcomes mirror --full`."
        )
    quoted = identifier(role)
    making = [] if there else [f"create role {quoted} nologin", f"comment on role {quoted} is 'Reads the mirror'"]
    granting = [
        text
        for side in sorted({identifier(relation.schema + postgres.NEXT) for relation in found})
        for text in (
            f"grant usage on schema {side} to {quoted}",
            f"grant select on all tables in schema {side} to {quoted}",
        )
    ]
    cursor.executescript("; ".join([*making, *granting]))
    return None


def _swap(cursor: "Cursor", old: list[str], new: list[str], target: Target) -> None:
    """Replace the old schemas by the side schemas, in one transaction that locks every old table.

    The old ones are renamed and dropped later, so that a query that just resolved the old schema still finds its
    table. Raises MirrorError if readers hold the old tables for SWAP_SECONDS, or another object depends on them: then
    readers keep the old version.
    """
    tables = _tables(cursor, old)
    # drop and roll back: if something depends on a table, PostgreSQL names it, and nothing is swapped
    trying = [f"lock table {tables} in access exclusive mode", "savepoint all_there", f"drop table {tables}"]
    swapping = [
        "begin",
        *([*trying, "rollback to savepoint all_there"] if tables else []),
        *(_rename(schema, schema + postgres.OLD) for schema in old),
        *(_rename(schema + postgres.NEXT, schema) for schema in new),
        "commit",
    ]
    try:
        _with_locks(cursor, swapping, min(SWAP_SECONDS, target.seconds))
    except RetryError as error:
        raise MirrorError(
            f"readers held the old tables for {SWAP_SECONDS} s; they still see the old version.",
            target.shown,
            "look for long transactions in pg_stat_activity; `outcomes mirror` tries again, and so does the next "
            "refresh.",
        ) from error
    _drop_old(cursor)


def _drop_old(cursor: "Cursor") -> None:
    """Drop replaced schemas, of now or before. Those still in use are left for the next mirroring."""
    old = sorted(
        name for name, text in _schemas(cursor).items() if name.endswith(postgres.OLD) and MARK.match(text or "")
    )
    if old:
        with suppress(RetryError):
            _with_locks(cursor, [f"drop schema {', '.join(map(identifier, old))} cascade"], DROP_SECONDS)


def _with_locks(cursor: "Cursor", statements: list[str], seconds: float) -> None:
    """Run `statements`, with retries for `seconds` while others hold the locks. Raises RetryError after that."""
    for attempt in Retrying(
        retry=retry_if_exception(lambda error: getattr(error, "sqlstate", None) in (LOCK_NOT_AVAILABLE, DEADLOCK)),
        stop=stop_after_delay(seconds),
        wait=wait_random_exponential(multiplier=0.02, max=1),
    ):
        with attempt:
            try:
                cursor.executescript("; ".join(statements))
            except Exception:
                cursor.executescript("rollback")
                raise


def _tables(cursor: "Cursor", schemas: list[str]) -> str:
    """The tables of `schemas`, quoted, as a list of SQL."""
    cursor.execute(
        "select format('%I.%I', nspname, relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace "
        f"where relkind = 'r' and nspname in ({', '.join(map(literal, schemas)) or 'null'}) order by 1"
    )
    return ", ".join(row[0] for row in cursor.fetchall())


def _rename(schema: str, name: str) -> str:
    return f"alter schema {identifier(schema)} rename to {identifier(name)}"


def _words(error: Exception) -> str:
    """The driver's message in one line."""
    text = re.sub(r"\s+", " ", str(error)).strip()
    text = re.sub(r"^\w+: (\[libpq\] )?|\.? ?SQLSTATE: \w+$", "", text)
    return text if text.endswith(".") else f"{text}."
