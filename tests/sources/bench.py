"""A portfolio in a temporary folder, to fill, to land and to look into."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from sources import loads
from sources.config import FileSource, LandingRules
from sources.landing import Landed, land_source

KEY = b"a key of thirty-two bytes, or so"
NOW = datetime(2026, 4, 28, 12, tzinfo=UTC)
RULES = LandingRules(currencies=frozenset({"EUR", "USD", "MANA"}))
TEAMS = "team_id,name\nt1,One\nt2,Two\nt3,Three\nt4,Four\nt5,Five\n"
# the mapping of data/export.csv, which tests vary
MAP_TEAMS = "select id as team_id, label as name, _file, _record from raw.export"
EXPORT = "id,label\nt1,One\nt2,Two\nt3,Three\nt4,Four\nt5,Five\n"


class Bench:
    """`folder` is the portfolio, `home` its warehouse."""

    def __init__(self, root: Path) -> None:
        self.folder, self.home = root / "pf", root / "home"
        for name in ("data", "feeds"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def home_made(self) -> Path:
        """The warehouse's folder, which the first landing makes."""
        self.home.mkdir(parents=True, exist_ok=True)
        return self.home

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file of the portfolio."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def rows_of(self, feed: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Give a feed as a plain JSONL file."""
        self.write(f"feeds/{feed}.jsonl", "".join(json.dumps(row) + "\n" for row in rows))

    @staticmethod
    def rules(**given: Any) -> LandingRules:
        """The usual rules, changed."""
        return RULES.model_copy(update=given)

    def land(
        self, *, key: bytes = KEY, now: datetime = NOW, rules: LandingRules = RULES, **source: Any
    ) -> dict[str, Landed]:
        """Land the portfolio's one source; what happened by feed."""
        given = FileSource.model_validate({"name": "src", **source})
        return {r.feed: r for r in land_source(self.folder, self.home, given, rules, key, now)}

    def stage(self, frozen: loads.Frozen | None = None, **settings: Any) -> duckdb.DuckDBPyConnection:
        """Freeze all loads (or take those given) and open the stage file that shows them."""
        path = self.home / "stage.duckdb"
        self.home.mkdir(exist_ok=True)
        loads.expose(frozen or loads.freeze(self.home, NOW), self.home, path, settings or {"is_generated": False})
        return duckdb.connect(str(path), read_only=True)

    def query(self, sql: str, frozen: loads.Frozen | None = None) -> list[tuple[Any, ...]]:
        """Rows of one SELECT on the stage file."""
        with self.stage(frozen) as connection:
            return connection.execute(sql).fetchall()

    def current(self, feed: str, columns: str) -> list[tuple[Any, ...]]:
        """The rows that hold now, by the rule that staging applies: latest load, and vanished keys deleted."""
        return self.query(self.current_sql(feed, columns))

    @staticmethod
    def current_sql(feed: str, columns: str) -> str:
        """The SELECT of `current`."""
        key = columns.split(",", maxsplit=1)[0]
        return f"""
            with seen as (
                select *, max(load_seq) over (partition by source, {key}) as last_seen from landing.{feed}
            ),
            complete as (
                select source, max(load_seq) as load_seq from landing.loads
                where feed = '{feed}' and kind = 'snapshot' and deletes group by source
            )
            select {columns} from seen left join complete using (source)
            where _row_kind = 'row' and last_seen >= coalesce(complete.load_seq, 0)
            qualify row_number() over (partition by seen.source, {key} order by seen.load_seq desc) = 1
            order by all
        """

    def tree(self) -> dict[str, str]:
        """SHA-256 of every file below landing/ and quarantine/, by path."""
        return {
            str(path.relative_to(self.home)): hashlib.sha256(path.read_bytes()).hexdigest()
            for place in ("landing", "quarantine")
            for path in sorted((self.home / place).rglob("*"))
            if path.is_file()
        }

    def record(self, feed: str) -> dict[str, Any]:
        """The newest load.json of a feed."""
        return loads.latest(loads.of_source(self.home, "src"))[feed]

    def load_count(self, feed: str = "teams") -> int:
        """How many loads of a feed are visible."""
        return len([load for load in loads.all_loads(self.home) if load["feed"] == feed])


def as_csv(rows: list[list[str]]) -> str:
    """Rows as CSV text."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
