"""What a refresh takes over from the build of the published version, instead of making it again.

A table, a measured cell or a check's record depends on its SQL and on what that reads. Where both are as they were, the
result is, too. So a refresh goes on with the build that was published, and makes only what can have changed: a model
that comes out as it was ends the chain, since its readers read the same.

The note of what everything was made of is kept only while the build is as it was published. It is removed when a
refresh begins to change the build, so that one which fails or is killed is followed by one from scratch.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from dagster_project import dbt_runner, measure, model_runner
from expectations.database import open_build
from sources.common import disk
from sources.common.contents import Contents

NOTE = "made.json"  # in the folder of a build


def _relations() -> dict[str, str]:
    """All that compiled SQL can read, by schema.name."""
    sources = dbt_runner.manifest()["sources"].values()
    return {
        **{f"{node['schema']}.{node['name']}": node["relation_name"] for node in sources},
        **{model.table: model.relation for model in model_runner.models().values()},
    }


@dataclass
class Made:
    """What the models and measured cells of a build were made of: a fingerprint of each, by name.

    `seen`: what its audit saw in the landed relations that recomputations read (`expectations.landed.Looked`).
    """

    keys: dict[str, str] = field(default_factory=dict[str, str])
    seen: dict[str, str] = field(default_factory=dict[str, str])
    published: str | None = None  # the version that it was published as, if the build is that one's
    contents: Contents = field(default_factory=lambda: Contents(_relations()))


def begin(build: Path, code: str, *, from_scratch: bool) -> Made:
    """A build to be changed: that of the published version, if the same code made it and its files can be read; else,
    and where it is to begin `from_scratch`, an empty folder."""
    note = build / NOTE
    try:
        noted = json.loads(note.read_text())
        note.unlink()
        if not from_scratch and noted["code"] == code:
            return _looked_through(build, Made(noted["keys"], noted["seen"], noted["published"]))
    except (OSError, ValueError, KeyError, TypeError, duckdb.Error):
        pass  # there is no build, or it is damaged
    model_runner.fresh_build(build)
    return Made()


def _looked_through(build: Path, made: Made) -> Made:
    """What is there, each table of it read: where one is damaged, that is found before anything is made of it.

    Raises duckdb.Error.
    """
    with open_build(build / "warehouse.duckdb", build / "stage.duckdb") as connection:
        measured = (f"metricflow.{name}" for name in (*measure.INPUTS, measure.DEFINITIONS))
        for table in (*measured, *(model.table for model in model_runner.models().values())):
            made.contents.of(connection, table)
    return made


def end(build: Path, code: str, made: Made, published: str) -> None:
    """Note what a build was made of, once it is published."""
    disk.write(build / NOTE, json.dumps({"code": code, "published": published, "keys": made.keys, "seen": made.seen}))


def lose(build: Path) -> None:
    """A build is changed outside of a refresh: the next one begins from scratch."""
    (build / NOTE).unlink(missing_ok=True)
