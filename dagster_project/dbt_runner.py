"""Run dbt in this process: the manifest is parsed once, and connections are closed after each call.

dbt writes its parse cache to `dbt/target`, and what a portfolio's build compiles and runs to that build's folder.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from dagster_project.settings import DBT_PROJECT
from sources.common import disk
from sources.common.limits import Limits, explained, of_machine

TARGET = DBT_PROJECT / "target"
# tags: a model needs no metric values (no tag), base metrics, or derived metrics too
AFTER_METRICS, AFTER_OUTCOME_METRICS = "after_metrics", "after_outcome_metrics"
FIRST_PASS = ("--exclude", f"tag:{AFTER_METRICS}", f"tag:{AFTER_OUTCOME_METRICS}")
SECOND_PASS = ("--select", f"tag:{AFTER_METRICS}")
LAST_PASS = ("--select", f"tag:{AFTER_OUTCOME_METRICS}")

COMPILED = ("resource_type:model", "test_type:data")
# each model's query uses all CPUs; a few threads keep them busy, more would only divide the memory
MODELS_AT_ONCE = 4


class DbtError(Exception):
    """dbt could not parse the project or build a model; the message names it."""


@dataclass(frozen=True)
class NodeResult:
    """The result of one model, with dbt's `status`."""

    unique_id: str
    status: str
    message: str | None
    seconds: float
    compiled: str | None
    rows: int | None


@cache
def prepare() -> Path:
    """Have dbt parse the project if it changed; the folder with dbt's artifacts. Raises DbtError."""
    print_, done = _project_fingerprint(), TARGET / ".parsed"
    TARGET.mkdir(exist_ok=True)
    with FileLock(TARGET / ".lock"):
        if done.exists() and done.read_text() == print_ and (TARGET / "semantic_manifest.json").exists():
            return TARGET
        done.unlink(missing_ok=True)
        from dbt.cli.main import dbtRunner  # imported late: it takes seconds

        with _released():
            result = dbtRunner().invoke(
                [
                    "--quiet",
                    "--no-partial-parse",
                    "parse",
                    "--project-dir",
                    str(DBT_PROJECT),
                    "--profiles-dir",
                    str(DBT_PROJECT),
                ]
            )
        if not result.success:
            raise DbtError(f"dbt can't parse the project: {result.exception}. To fix: run `dbt parse` in dbt/.")
        done.write_text(print_)
    return TARGET


def _project_fingerprint() -> str:
    files = [p for p in DBT_PROJECT.rglob("*") if p.suffix in {".sql", ".yml", ".md"} and TARGET not in p.parents]
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(files):
        digest.update(f"{path}\0{path.read_text()}\0".encode())
    return digest.hexdigest()


@cache
def manifest() -> dict[str, Any]:
    """dbt's manifest of the project, as JSON."""
    return json.loads((prepare() / "manifest.json").read_text())


def models() -> dict[str, dict[str, Any]]:
    """The models of the manifest by unique id."""
    return {uid: node for uid, node in manifest()["nodes"].items() if node["resource_type"] == "model"}


def data_tests() -> dict[str, dict[str, Any]]:
    """The data tests of the manifest by unique id."""
    return {uid: node for uid, node in manifest()["nodes"].items() if node["resource_type"] == "test"}


def compiled() -> dict[str, str]:
    """The compiled SQL of each model and data test, by unique id. Raises DbtError.

    Cached until the project changes: dbt takes ten times as long to compile and run a test as DuckDB takes to run it.
    """
    kept = prepare() / "compiled.json"
    key = (TARGET / ".parsed").read_text()
    with FileLock(TARGET / ".compiled.lock"):
        if kept.exists() and (found := json.loads(kept.read_text()))["key"] == key:
            return found["sql"]
        # compiled names include the database, which has the same name in every build
        with tempfile.TemporaryDirectory() as folder:
            write_profile(Path(folder))
            results = invoke(Path(folder), "compile", "--no-populate-cache", "--select", *COMPILED)
            if (Path(folder) / "warehouse.duckdb").exists():
                raise DbtError(
                    "a model or data test queries the database while it is compiled, but there is none yet. "
                    "To fix: pass what it needs as an argument."
                )
        sql = {result.unique_id: result.compiled.strip() for result in results if result.compiled}
        if missing := {**models(), **data_tests()}.keys() - sql.keys():
            raise DbtError(f"dbt can't compile {', '.join(sorted(missing))}. To fix: run `dbt compile` in dbt/.")
        disk.write(kept, json.dumps({"key": key, "sql": sql}))
    return sql


def semantic_manifest() -> Path:
    """The path of dbt's semantic manifest, which MetricFlow reads."""
    return prepare() / "semantic_manifest.json"


@cache
def _parsed() -> Any:
    """The manifest as dbt's own object, so that calls needn't parse it."""
    from dbt.contracts.graph.manifest import Manifest

    parsed = Manifest.from_msgpack((prepare() / "partial_parse.msgpack").read_bytes())
    parsed.build_flat_graph()
    return parsed


@contextmanager
def _released() -> Generator[None]:
    """Close dbt's connections, so that it doesn't keep the build's files open."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    try:
        yield
    finally:
        DuckDBConnectionManager.close_all_connections()


def write_profile(build: Path, limits: Limits | None = None) -> None:
    """Write the profile of one build, with absolute paths, into its folder; by default with the machine's limits."""
    limits = limits or of_machine()
    # set when the database is opened: the spill folder can't be changed once it is in use
    options = {**limits.config(), "temp_directory": str(build / "spill")}
    output = {
        "type": "duckdb",
        "path": str(build / "warehouse.duckdb"),
        "attach": [{"path": str(build / "stage.duckdb"), "alias": "stage"}],
        "threads": min(limits.threads, MODELS_AT_ONCE),
        "settings": {"TimeZone": "UTC"},
        "config_options": options,
    }
    profile = {"outcome_warehouse": {"target": "build", "outputs": {"build": output}}}
    (build / "profiles.yml").write_text(yaml.safe_dump(profile))


def fresh_build(build: Path, limits: Limits | None = None) -> None:
    """An empty build folder; a build can always be made from scratch."""
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    write_profile(build, limits)


def invoke(build: Path, command: str, *selection: str) -> list[NodeResult]:
    """Run `dbt <command>` against a build; one result per node. Raises DbtError if dbt itself fails."""
    from dbt.cli.main import dbtRunner

    with _released():
        result = dbtRunner(manifest=_parsed()).invoke(
            [
                *("--log-level", "none", "--no-write-json", command, *selection),
                *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(build)),
                *("--target-path", str(build / "dbt"), "--log-path", str(build / "dbt")),
            ]
        )
    if result.exception is not None:
        raise DbtError(f"dbt {command} failed: {result.exception}") from result.exception
    return [_node_result(node) for node in getattr(result.result, "results", [])]


def _node_result(result: Any) -> NodeResult:
    rows = (result.adapter_response or {}).get("rows_affected")
    return NodeResult(
        unique_id=result.node.unique_id,
        status=str(result.status),
        message=result.message,
        seconds=result.execution_time,
        compiled=getattr(result.node, "compiled_code", None),
        rows=rows if isinstance(rows, int) and rows >= 0 else None,
    )


def build_models(build: Path, *selection: str) -> list[NodeResult]:
    """Run the selected models. Raises DbtError naming each model that could not be built."""
    results = invoke(build, "run", *selection)
    broken = [r for r in results if r.status not in ("success", "pass")]
    if broken:
        first = next((r for r in broken if r.status != "skipped"), broken[0])
        said = f"model {first.unique_id.rpartition('.')[2]} could not be built: {first.message}"
        raise DbtError(
            explained(
                f"{said}. {len(broken)} of {len(results)} models were not built. To fix: fix the model in "
                "dbt/models and refresh again."
            )
        )
    return results
