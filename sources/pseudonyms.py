"""Pseudonyms: personal identifiers become keyed HMACs at landing, computed in DuckDB, set-based."""

import hashlib
import hmac
import secrets
from pathlib import Path

import duckdb
import pyarrow as pa

from sources.common.disk import create_private, refuse_readable

BLOCK = 64  # bytes of a SHA-256 block
DIGITS = 32  # hex digits kept: 128 bits


def portfolio_key(home: Path) -> bytes:
    """The portfolio's own key, 32 bytes, made at first use and readable only by its owner.

    Raises PermissionError where the file can be read by others.
    """
    path = home / "key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        create_private(path, secrets.token_hex(32) + "\n")
    refuse_readable(path)
    return path.read_text().strip().encode()


def key_print(key: bytes) -> str:
    """Twelve hex digits that identify a key."""
    return hmac.new(key, b"key", hashlib.sha256).hexdigest()[:12]


def hmac_sql(expression: str) -> str:
    """SQL for the pseudonym of a text expression: HMAC-SHA256 (RFC 2104), NULL for NULL.

    The connection must hold the variables that `set_key` sets.
    """
    inner = f"sha256(getvariable('hmac_inner') || encode({expression}))"
    outer = f"sha256(getvariable('hmac_outer') || unhex({inner}))"
    return f"case when {expression} is not null then left({outer}, {DIGITS}) end"


def set_key(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Give a connection the key, as data and never as SQL text. Raises ValueError for an empty one."""
    if not key:
        raise ValueError("the key for pseudonyms is empty. To fix: remove the key file, or give a key")
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    pads = {"hmac_inner": 0x36, "hmac_outer": 0x5C}
    # an Arrow table, as for a bound parameter the driver imports pandas
    given = pa.table({name: [bytes(byte ^ pad for byte in block)] for name, pad in pads.items()})
    connection.register("hmac_key", given)
    for name in pads:
        connection.execute(f"set variable {name} = (select {name} from hmac_key)")
    connection.unregister("hmac_key")
