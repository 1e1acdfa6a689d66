"""A portfolio built and audited once, as `outcomes check` does it: what every mutant is held against."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dagster_project import dbt_runner
from dagster_project.execution import execute
from dagster_project.measure import Compiled
from dagster_project.settings import Workspace, workspace
from expectations.records import CheckRecord
from sources.loads import Load

KEY = "0" * 64


@dataclass(frozen=True)
class Model:
    """A dbt model as it was compiled: its name, its table as `schema.name`, the tables that it reads."""

    name: str
    database: str
    table: str
    sql: str
    reads: frozenset[str]
    has_contract: bool


@dataclass(frozen=True)
class Baseline:
    """A sound build and what it was made from. `loads` are the frozen ones, in the order of their numbers."""

    name: str
    space: Workspace
    home: Path
    manifest: dict[str, Any]
    models: dict[str, Model]
    compiled: tuple[Compiled, ...]
    records: tuple[CheckRecord, ...]
    loads: tuple[Load, ...]
    now: datetime
    key: bytes

    @property
    def build(self) -> Path:
        """The folder of the build."""
        return self.home / "build"


def build_baseline(portfolio: Path, folder: Path, land: Callable[[Workspace], None] | None = None) -> Baseline:
    """Land, build, measure and audit a portfolio below `folder`; `land` lands first what its folder doesn't say.

    Raises RuntimeError where it doesn't pass.
    """
    space = workspace(portfolio)
    home = folder / space.portfolio.name
    shutil.rmtree(home, ignore_errors=True)
    space = space.model_copy(update={"home": home})
    home.mkdir(parents=True)
    # the same pseudonyms in every build, for rows are told apart by them
    (home / "key").touch(mode=0o600)
    (home / "key").write_text(KEY)
    if land is not None:
        land(space)
    run = execute("check", space, full=True, home=home, verbose=False)
    if run.failures or any(record.blocks for record in run.records):
        reason = "; ".join([*run.failures, *(record.check_name for record in run.records if record.blocks)])
        raise RuntimeError(f"{portfolio}: the build without a mutation fails: {reason}. To fix: outcomes check.")
    manifest = dbt_runner.manifest()
    return Baseline(
        name=space.portfolio.name,
        space=space,
        home=home,
        manifest=manifest,
        models=_models(manifest),
        compiled=tuple(run.compiled),
        records=tuple(run.records),
        loads=run.frozen.loads,
        now=run.now,
        key=run.key,
    )


def _models(manifest: dict[str, Any]) -> dict[str, Model]:
    """Every model by name, with the SQL that dbt compiled for it."""
    nodes: dict[str, dict[str, Any]] = {**manifest["nodes"], **manifest["sources"]}
    compiled = dbt_runner.compiled()
    return {
        node["name"]: Model(
            name=node["name"],
            database=node["database"],
            table=f"{node['schema']}.{node['name']}",
            sql=compiled[uid],
            reads=frozenset(f"{nodes[on]['schema']}.{nodes[on]['name']}" for on in node["depends_on"]["nodes"]),
            has_contract=node["config"]["contract"]["enforced"],
        )
        for uid, node in dbt_runner.models().items()
    }


def clone(value: Any) -> Any:
    """A copy of a JSON value that may be changed."""
    return json.loads(json.dumps(value))
